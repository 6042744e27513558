// The server's endpoint, spoken to as any client does (MCP 2026-07-28, streamable HTTP). The key is kept here, in memory.
import { events } from "./event_stream.js";

export const VERSION = "2026-07-28";
const META = "io.modelcontextprotocol/";
const CLIENT = { name: "Atrium Playground", version: "1" };
const BEFORE_EXPIRY = 30_000;
const NAMED = { "tools/call": "name", "prompts/get": "name", "resources/read": "uri" };

export class Refused extends Error {}

// Header values that are not plain ASCII go in base64 (streamable HTTP, "Value Encoding").
export function headerValue(text) {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)) return text;
  const bytes = new TextEncoder().encode(text);
  return `=?base64?${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}?=`;
}

// What a schema marks with `x-mcp-header` is said in a header, too.
export function mirrored(schema, value, found = {}) {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    const own = value?.[name];
    if (typeof property !== "object" || own === undefined || own === null) continue;
    if (typeof property["x-mcp-header"] === "string" && typeof own !== "object") {
      found[`Mcp-Param-${property["x-mcp-header"]}`] = headerValue(String(own));
    }
    mirrored(property, own, found);
  }
  return found;
}

export class Endpoint {
  #key = "";
  #goodUntil = 0;
  #lastId = 0;

  constructor({ url, keyUrl, csrfToken }) {
    Object.assign(this, { url, keyUrl, csrfToken });
  }

  // The message and headers of a request, before anything is sent.
  request(method, params = {}, { schema, progress = false } = {}) {
    const id = ++this.#lastId;
    const meta = {
      [`${META}protocolVersion`]: VERSION, [`${META}clientCapabilities`]: {}, [`${META}clientInfo`]: CLIENT,
      ...(progress ? { [`${META}logLevel`]: "debug", progressToken: id } : {}),
    };
    const body = { jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } };
    const headers = {
      Accept: "application/json, text/event-stream", "Content-Type": "application/json",
      "MCP-Protocol-Version": VERSION, "Mcp-Method": method,
      ...(method in NAMED ? { "Mcp-Name": headerValue(params[NAMED[method]]) } : {}),
      ...(schema ? mirrored(schema, params.arguments) : {}),
    };
    return { url: this.url, headers, body };
  }

  // Sends it. `heard(message)` gets every message of the answer as it comes, the last one is returned with the wire.
  async send(request, { signal, heard = () => {} } = {}) {
    const wire = { request, began: performance.now(), messages: [] };
    let response = await this.#post(request, signal);
    if (response.status === 401) {
      this.#key = "";
      response = await this.#post(request, signal);
    }
    wire.status = response.status;
    wire.headers = [...response.headers];
    const take = (text) => {
      const message = JSON.parse(text);
      wire.messages.push({ after: performance.now() - wire.began, message });
      heard(message, wire);
      return message;
    };
    wire.answer = await this.#read(response, request.body.id, take);
    wire.took = performance.now() - wire.began;
    return wire;
  }

  async #read(response, id, take) {
    const isStream = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
    if (!isStream) {
      const text = await response.text();
      try { return take(text); } catch { throw new Refused(`The endpoint answered ${response.status} and no JSON.`); }
    }
    for await (const data of events(response.body)) {
      const message = take(data);
      if (message.id === id && ("result" in message || "error" in message)) return message;
    }
    throw new Refused("The stream ended without an answer.");
  }

  async #post({ url, headers, body }, signal) {
    const key = await this.#goodKey();
    const sent = { ...headers, Authorization: `Bearer ${key}` };
    const here = new URL(url);
    // The page and the endpoint have one origin, whichever spelling of this machine the browser uses.
    const target = here.origin === location.origin ? url : location.origin + here.pathname;
    return fetch(target, { method: "POST", headers: sent, body: JSON.stringify(body), signal, credentials: "omit", cache: "no-store" });
  }

  async #goodKey() {
    if (this.#key && Date.now() < this.#goodUntil) return this.#key;
    const response = await fetch(this.keyUrl, { method: "POST", headers: { "X-CSRFToken": this.csrfToken, Accept: "application/json" }, redirect: "manual" });
    const answer = response.ok ? await response.json() : await response.json().catch(() => ({}));
    if (!answer.key) throw new Refused(answer.error ?? "You are signed out, or may not call here any more. Load the page again.");
    this.#key = answer.key;
    this.#goodUntil = Date.now() + answer.seconds * 1000 - BEFORE_EXPIRY;
    return this.#key;
  }
}
