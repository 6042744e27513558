// The TypeScript client of the 1.x line, @modelcontextprotocol/sdk: it knows the handshake revisions only.
import { main, notingFetch, packages } from './scenario.mjs';
import { main as steered } from './steered.mjs';

const { Client } = packages('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = packages('@modelcontextprotocol/sdk/client/streamableHttp.js');

async function connect(run, { url, api_key }, answers = []) {
  const headers = api_key ? { Authorization: `Bearer ${api_key}` } : {};
  const client = new Client({ name: run.name, version: '1' });
  client.transport_used = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: notingFetch(answers),
  });
  await client.connect(client.transport_used);
  return client;
}

await (process.argv[2] === 'steered' ? steered : main)({
  connect,
  call: (client, parameters, options) => client.callTool(parameters, undefined, options),
  era: (client) => client.transport_used.protocolVersion,
});
