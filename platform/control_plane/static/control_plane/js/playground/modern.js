// A client of 2026-07-28: every request stands for itself.
import { mirroring } from "./headers.js";
import { broken, readAnswer } from "./reading.js";
import { CLIENT, MODERN, TASKS, answering } from "./revisions.js";

const META = "io.modelcontextprotocol/";

export class ModernClient {
  version = MODERN;
  #lastId = 0;
  #discovered;

  constructor({ access, log, answers }) {
    Object.assign(this, { access, log, answers });
  }

  // The message and headers of a request, before anything is sent.
  request(method, params = {}, { schema, progress = false, tasks = method.startsWith("tasks/") } = {}) {
    const id = ++this.#lastId;
    const meta = {
      [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: this.#capabilities(tasks), [`${META}clientInfo`]: CLIENT,
      ...(progress ? { [`${META}logLevel`]: "debug", progressToken: id } : {}),
    };
    const headers = {
      Accept: "application/json, text/event-stream", "Content-Type": "application/json",
      "MCP-Protocol-Version": MODERN, ...mirroring(method, params, schema),
    };
    return { verb: "POST", url: this.access.url, headers, body: { jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } } };
  }

  #capabilities(tasks) {
    return { ...(this.answers ? answering(MODERN) : {}), ...(tasks ? { extensions: { [TASKS]: {} } } : {}) };
  }

  // The JSON-RPC response to a request. `heard` gets the notifications before it; giving up ends the call.
  async ask(method, params, { signal, heard, besides, ...options } = {}) {
    const request = this.request(method, params, options), exchange = this.log.exchange(request, { besides });
    const answer = await readAnswer(await this.access.send(request, signal), request.body.id, exchange, { heard });
    if (answer === undefined) throw broken();
    return answer;
  }

  async capabilities() {
    this.#discovered ??= await this.ask("server/discover", {}, { besides: true });
    return this.#discovered.result?.capabilities ?? { tools: {} };
  }

  offersTasks(_, capabilities) {
    return TASKS in (capabilities.extensions ?? {});
  }

  close() {}
}
