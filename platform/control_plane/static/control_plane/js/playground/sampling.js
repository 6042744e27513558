// sampling/createMessage: the server asks for a model's answer. Here a person writes it (MCP client/sampling).
import { element } from "./elements.js";
import { shownBlock } from "./contents.js";

const REFUSED = -1;

const blocks = (content) => (Array.isArray(content) ? content : [content]);

const shownMessage = ({ role, content }) => element("div", { class: "playground-message" },
  element("span", { class: "tag tag-mute" }, role), element("div", { class: "playground-blocks" }, ...blocks(content).map(shownBlock)));

const facts = ({ systemPrompt, maxTokens, temperature, stopSequences, modelPreferences, tools }) => Object.entries({
  "System prompt": systemPrompt,
  "At most": maxTokens === undefined ? undefined : `${maxTokens} tokens`,
  Temperature: temperature,
  "Stops at": stopSequences?.join(", "),
  "Would like": modelPreferences?.hints?.map((hint) => hint.name).filter(Boolean).join(", "),
  "May use": tools?.map((tool) => tool.name).join(", "),
}).filter(([, value]) => value !== undefined && value !== "");

export function sampling(params, answer) {
  const text = element("textarea", { class: "textarea playground-text", id: `sampling-${crypto.randomUUID()}`, rows: "3" });
  const error = element("p", { class: "field-error", id: `${text.id}-error`, hidden: true }, "Write an answer, or refuse.");
  text.setAttribute("aria-describedby", error.id);
  const send = () => {
    error.hidden = text.value !== "";
    if (!text.value) { text.focus(); return; }
    answer({ result: { role: "assistant", content: { type: "text", text: text.value }, model: "a person", stopReason: "endTurn" } });
  };
  const form = element("form", { onsubmit: (event) => { event.preventDefault(); send(); } },
    element("div", { class: "field" }, element("label", { class: "field-label", for: text.id }, "Your answer, as a model's"), text, error),
    element("div", { class: "form-actions" }, element("button", { type: "submit", class: "btn btn-primary" }, "Answer"),
      element("button", { type: "button", class: "btn", onclick: () => answer({ error: { code: REFUSED, message: "User rejected sampling request" } }) }, "Refuse")));
  return {
    title: "asks for a model's answer", content: [
      element("div", { class: "playground-messages" }, ...(params.messages ?? []).map(shownMessage)),
      element("dl", { class: "tree" }, ...facts(params).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))])),
      form],
  };
}
