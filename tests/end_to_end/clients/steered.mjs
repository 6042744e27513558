// Clients on a TypeScript SDK, steered line by line: see python_steered.py for the lines.
import { createInterface } from 'node:readline';

const LONGEST_MS = 180_000;

const say = ({ number }, message) => console.log(JSON.stringify({ number, ...message }));

/** What can be asked of one client. */
class SteeredClient {
  constructor(sdk) {
    this.sdk = sdk;
  }

  async connect({ server, name, mode }) {
    this.client = await this.sdk.connect({ name, mode }, server);
    await this.client.listTools();
    return this.sdk.era(this.client);
  }

  async close() {
    await this.client.close();
    return null;
  }

  call(command, signal) {
    const { tool, arguments: given, progress, meta } = command;
    const reporting = progress ? { onprogress: (event) => say(command, { progress: event.progress }) } : {};
    const parameters = { name: tool, arguments: given, ...(Object.keys(meta).length ? { _meta: meta } : {}) };
    return this.sdk.call(this.client, parameters, { ...reporting, signal, timeout: LONGEST_MS });
  }

  read({ uri }) {
    return this.client.readResource({ uri });
  }

  async list() {
    const { tools } = await this.client.listTools();
    return { tools, templates: (await this.client.listResourceTemplates()).resourceTemplates };
  }
}

/** Until stdin ends; everything at once. */
export async function main(sdk) {
  const clients = {};
  const running = {};
  const obey = async (command) => {
    const abort = (running[command.number] = new AbortController());
    try {
      const client = (clients[command.client] ??= new SteeredClient(sdk));
      say(command, { result: await client[command.do](command, abort.signal) });
    } catch (error) {
      const name = abort.signal.aborted ? 'Cancelled' : error.name;
      say(command, { error: { name, message: error.message } });
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    if (command.do === 'cancel') running[command.number].abort();
    else obey(command);
  }
  process.exit(0);
}
