// elicitation/create: a form from the schema that the server asks for, or a URL to go to (MCP client/elicitation).
import { element } from "./elements.js";
import { NOTHING, Unfinished, complain, forgive, formOf } from "./form.js";

const button = (text, kind, onclick) => element("button", { type: "button", class: `btn ${kind}`, onclick }, text);

const refusals = (answer) => [
  button("Decline", "", () => answer({ result: { action: "decline" } })),
  button("Cancel", "btn-quiet", () => answer({ result: { action: "cancel" } })),
];

export function elicitation(params, answer) {
  return params.mode === "url" ? byUrl(params, answer) : byForm(params, answer);
}

function byForm({ message, requestedSchema }, answer) {
  const form = formOf(requestedSchema, { none: "There is nothing to fill in: it asks for your consent.", ways: { checked: true } });
  const made = element("form", { novalidate: true }, form.element,
    element("div", { class: "form-actions" }, element("button", { type: "submit", class: "btn btn-primary" }, "Submit"), ...refusals(answer)));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    forgive(made);
    try {
      const content = form.read();
      answer({ result: { action: "accept", content: content === NOTHING ? {} : content } });
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      complain(error);
    }
  });
  return { title: "asks you for something", content: [element("p", { class: "playground-said" }, message ?? ""), made] };
}

const OPENABLE = new Set(["https:", "http:"]);
const opened = new Set();

const around = (message, actions, ...shown) => ({
  title: "asks you to open a page",
  content: [element("p", { class: "playground-said" }, message ?? ""), ...shown, element("div", { class: "form-actions" }, ...actions)],
});

function byUrl({ message, url }, answer) {
  const target = URL.canParse(url) ? new URL(url) : undefined, agree = () => answer({ result: { action: "accept" } });
  if (!target || !OPENABLE.has(target.protocol)) {
    return around(message, refusals(answer), element("p", { class: "field-error" }, "Its address is none that can be opened:"), element("code", { class: "playground-url" }, String(url)));
  }
  const again = opened.has(target.href);
  const link = element("a", { class: `btn ${again ? "" : "btn-primary"}`, href: target.href, target: "_blank", rel: "noopener noreferrer", onclick: () => {
    if (!again) setTimeout(agree);
    opened.add(target.href);
  } }, `Open ${target.host}${again ? " again" : ""}`);
  const onward = again ? [button("Go on", "btn-primary", agree)] : [];
  return around(message, [...onward, link, ...refusals(answer)],
    element("p", {}, "It is on ", element("b", { class: "playground-host" }, target.host), target.protocol === "http:" ? ", over a connection that is not encrypted:" : ":"),
    element("code", { class: "playground-url" }, target.href),
    element("p", { class: "muted" }, again ? "You have opened it. Go on when you are done there." : "It opens in a new tab, and the server is told that you agreed. What you enter there goes to that page alone."));
}
