// What went over the wire, both ways, as it goes. The key is not shown.
import { code, duration, element, pretty } from "./elements.js";

const HIDDEN = "Bearer ••••••";
const MATTERS = new Set([
  "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id", "last-event-id", "retry-after", "www-authenticate",
]);

const pairs = (headers) => element("dl", { class: "wire-headers" },
  ...headers.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));

function headed(title, headers, note) {
  const matters = headers.filter(([name]) => MATTERS.has(name.toLowerCase()) || name.startsWith("Mcp-Param-"));
  const others = headers.filter((header) => !matters.includes(header));
  return [
    element("div", { class: "wire-head" }, element("b", {}, title), element("span", { class: "muted" }, note),
      others.length ? element("details", {}, element("summary", {}, `${others.length} more header${others.length === 1 ? "" : "s"}`), pairs(others)) : ""),
    matters.length ? pairs(matters) : "",
  ];
}

// Who sent a message, and what it is, in words.
function titled({ request }) {
  const { body, url, verb } = request, path = new URL(url).pathname;
  if (!body) return [`${verb} ${path}`, verb === "GET" ? "what the server says by itself" : "ends the session"];
  if (body.method === undefined) return [`${verb} ${path}`, "the answer to what the server asked"];
  return [`${verb} ${path}`, body.method];
}

function shown(exchange) {
  const { headers, body } = exchange.request, [title, note] = titled(exchange);
  const answer = element("section", { class: "wire-part wire-answer" }, element("p", { class: "muted" }, "No answer yet."));
  const made = element("div", { class: "wire-exchange" },
    element("section", { class: "wire-part" }, ...headed(title, [["Authorization", HIDDEN], ...Object.entries(headers)], note), body ? code(pretty(body)) : ""), answer);
  return {
    element: made,
    remove: () => made.remove(),
    answered: ({ status, headers: said, isStream }) => answer.replaceChildren(...headed(`${status}`, said, isStream ? "event stream" : status === 202 || status === 204 ? "nothing more" : "one message")),
    came: ({ after, message }) => answer.append(element("div", { class: "wire-message" },
      element("span", { class: "faint" }, `after ${duration(after)}`), code(pretty(message)))),
  };
}

const BESIDES_KEPT = 25;

export class WireView {
  constructor(place) {
    this.run = element("div", { class: "wire-run" });
    this.others = element("div", { class: "wire-run" });
    this.summary = element("summary", {});
    this.besides = element("details", { class: "wire-besides", hidden: true }, this.summary, this.others);
    place.replaceChildren(this.run, this.besides);
  }

  cleared() {
    this.run.replaceChildren();
  }

  begun(exchange) {
    const made = shown(exchange), place = exchange.besides ? this.others : this.run;
    place.append(made.element);
    if (exchange.besides) {
      if (place.children.length > BESIDES_KEPT) place.firstChild.remove();
      const count = place.children.length;
      this.besides.hidden = false;
      this.summary.textContent = `Besides: ${count} request${count === 1 ? "" : "s"} for lists, suggestions and the session`;
    }
    return made;
  }
}
