// Reading what an endpoint answers: one message, or a stream of them.
import { Refused } from "./access.js";
import { events } from "./event_stream.js";

export const isAnswer = (message, id) => message.id === id && ("result" in message || "error" in message);

// The answer to the request `id`. `heard(message)` gets what comes before it. `place` is told where in the stream we are,
// for who comes back for the rest; undefined where the stream ended without an answer.
export async function readAnswer(response, id, exchange, { heard = () => {}, place = {} } = {}) {
  exchange.answered(response);
  if (!exchange.isStream) return exchange.came(parsed(await response.text(), response.status));
  for await (const event of events(response.body)) {
    if (event.id) place.last = event.id;
    if (event.retry !== undefined) place.retry = event.retry;
    if (!event.data) continue;
    const message = exchange.came(parsed(event.data, response.status));
    if (isAnswer(message, id)) return message;
    heard(message);
  }
  return undefined;
}

function parsed(text, status) {
  try { return JSON.parse(text); } catch { throw new Refused(`The endpoint answered ${status} and no JSON.`); }
}

export const broken = () => new Refused("The stream ended without an answer.");

export function waited(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => { clearTimeout(timer); reject(new DOMException("stopped", "AbortError")); };
    const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, milliseconds);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
