// A client of the revisions with sessions, 2025-03-26 to 2025-11-25: it initializes, then asks within a session, may be
// asked by the server meanwhile, and ends the session when it goes.
import { Refused } from "./access.js";
import { broken, readAnswer, waited } from "./reading.js";
import { CLIENT, answering } from "./revisions.js";
import { StandingStream } from "./standing_stream.js";

const BEFORE_COMING_BACK = 1000, COMES_BACK = 5;
const UNKNOWN_METHOD = -32601;

export class SessionClient {
  #lastId = 0;
  #opening;
  #id;
  #asked = new Map();

  // `asks(request, signal)` answers a request of the server, `told(message)` gets what it says outside of any call.
  constructor({ access, log, answers, version, asks, told }) {
    Object.assign(this, { access, log, answers, version, asks, told });
    this.stream = new StandingStream(this);
  }

  // The JSON-RPC response to a request. Giving up tells the server, and closes the stream.
  async ask(method, params = {}, { progress = false, signal, heard, besides } = {}) {
    await this.#open();
    const id = ++this.#lastId;
    const body = { jsonrpc: "2.0", id, method, params: progress ? { ...params, _meta: { progressToken: id } } : params };
    const over = new AbortController();
    try {
      const answer = await this.#ask(body, { signal, heard, besides, asking: over.signal });
      if (answer === undefined) throw broken();
      return answer;
    } catch (error) {
      if (error.name === "AbortError") this.tell("notifications/cancelled", { requestId: id, reason: "The person cancelled." });
      throw error;
    } finally {
      over.abort();
    }
  }

  // What the server asks meanwhile is taken back by `asking`.
  async #ask(body, { signal, heard = () => {}, besides, asking }, isAgain = false) {
    const exchange = this.log.exchange(this.request("POST", body), { besides });
    const response = await this.access.send(exchange.request, signal), place = {};
    const takes = { place, heard: (message) => this.#heard(message, asking, heard) };
    const answer = await readAnswer(response, body.id, exchange, takes);
    // The session has ended: it was idle for long, or its store was emptied.
    if (response.status === 404 && !isAgain) {
      this.#lose();
      await this.#open();
      return this.#ask(body, { signal, heard, besides, asking }, true);
    }
    return answer ?? this.#comeBack(body.id, { signal, ...takes });
  }

  // For the rest of a stream that broke off or was closed meanwhile.
  async #comeBack(id, { signal, place, heard }) {
    for (let time = 0; place.last && time < COMES_BACK; time += 1) {
      await waited(place.retry ?? BEFORE_COMING_BACK, signal);
      const exchange = this.log.exchange(this.request("GET", undefined, { "Last-Event-ID": place.last }));
      const response = await this.access.send(exchange.request, signal);
      const answer = await readAnswer(response, id, exchange, { place, heard });
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  request(verb, body, headers = {}) {
    return {
      verb, url: this.access.url, body,
      headers: {
        Accept: verb === "GET" ? "text/event-stream" : "application/json, text/event-stream",
        ...(body ? { "Content-Type": "application/json" } : {}),
        ...(this.#id ? { "Mcp-Session-Id": this.#id } : {}),
        ...(this.#id && this.version > "2025-03-26" ? { "MCP-Protocol-Version": this.version } : {}),
        ...headers,
      },
    };
  }

  // A notification, or an answer to what the server asked.
  async tell(method, params) {
    return this.#post({ jsonrpc: "2.0", method, params });
  }

  async #post(body, options) {
    const exchange = this.log.exchange(this.request("POST", body), options);
    exchange.answered(await this.access.send(exchange.request));
  }

  async #open() {
    this.#opening ??= this.#initialize().catch((error) => { this.#opening = undefined; throw error; });
    return this.#opening;
  }

  async #initialize() {
    const capabilities = this.answers ? answering(this.version) : {};
    const body = { jsonrpc: "2.0", id: ++this.#lastId, method: "initialize", params: { protocolVersion: this.version, capabilities, clientInfo: CLIENT } };
    const exchange = this.log.exchange(this.request("POST", body), { besides: true });
    const response = await this.access.send(exchange.request), answer = await readAnswer(response, body.id, exchange);
    if (!answer?.result) throw new Refused(answer?.error?.message ?? "The server did not begin a session.");
    this.#id = response.headers.get("mcp-session-id");
    await this.#post({ jsonrpc: "2.0", method: "notifications/initialized" }, { besides: true });
    if (answer.result.capabilities.logging) await this.#ask({ jsonrpc: "2.0", id: ++this.#lastId, method: "logging/setLevel", params: { level: "debug" } }, { besides: true }, true);
    this.stream.begin();
    return answer.result;
  }

  async capabilities() {
    return (await this.#open()).capabilities;
  }

  offersTasks(tool, capabilities) {
    return capabilities.tasks !== undefined && ["optional", "required"].includes(tool.execution?.taskSupport);
  }

  // What comes beside answers: the server's own requests, and notifications.
  #heard(message, signal, heard) {
    if (message.method === undefined) return;
    if (message.id !== undefined) this.#answer(message, signal);
    else if (message.method === "notifications/cancelled") this.#asked.get(message.params?.requestId)?.abort();
    heard(message);
  }

  heardOutside(message) {
    this.#heard(message, undefined, this.told);
  }

  async #answer({ id, method, params }, signal) {
    const stops = new AbortController();
    this.#asked.set(id, stops);
    const given = signal ? AbortSignal.any([signal, stops.signal]) : stops.signal;
    try {
      const answer = method === "ping" ? { result: {} } : await this.asks({ method, params }, given);
      await this.#post({ jsonrpc: "2.0", id, ...(answer ?? { error: { code: UNKNOWN_METHOD, message: `The playground has no ${method}.` } }) });
    } catch (error) {
      // Given up, or out of reach: whoever waits for the call finds out.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    } finally {
      this.#asked.delete(id);
    }
  }

  #lose() {
    this.stream.end();
    this.#opening = this.#id = undefined;
  }

  // Ends the session; the page may be going away.
  close() {
    if (!this.#id) return;
    const exchange = this.log.exchange(this.request("DELETE"), { besides: true });
    this.access.sendLast(exchange.request)?.then((response) => exchange.answered(response), () => {});
    this.#lose();
  }
}
