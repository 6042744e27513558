// What went over the wire, both ways. The key is not shown.
import { code, duration, element, pretty } from "./elements.js";

const HIDDEN = "Bearer ••••••";

function headed(title, headers, note) {
  return element("div", { class: "wire-head" }, element("b", {}, title), note ? element("span", { class: "muted" }, note) : "",
    element("details", {}, element("summary", {}, `${headers.length} headers`),
      element("dl", { class: "wire-headers" }, ...headers.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))));
}

export function shownRequest({ url, headers, body }) {
  const sent = [["Authorization", HIDDEN], ...Object.entries(headers)];
  return element("section", { class: "wire-part" }, headed(`POST ${new URL(url).pathname}`, sent), code(pretty(body)));
}

export function shownAnswer(wire) {
  const isStream = wire.headers.some(([name, value]) => name === "content-type" && value.startsWith("text/event-stream"));
  const count = wire.messages.length;
  const note = isStream ? `event stream, ${count} message${count === 1 ? "" : "s"}` : "one message";
  const parts = wire.messages.map(({ after, message }) => element("div", { class: "wire-message" },
    element("span", { class: "faint" }, `after ${duration(after)}`), code(pretty(message))));
  return element("section", { class: "wire-part" }, headed(`${wire.status}`, wire.headers, note), ...parts);
}
