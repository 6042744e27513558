// roots/list: the server asks which folders it may work in (MCP client/roots). They are said, nothing is opened.
import { element } from "./elements.js";

const REFUSED = -32601;
const KEPT = "playground-roots";

function rootsIn(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => ({ uri: line, name: decoded(line.replace(/\/+$/, "").split("/").pop()) }));
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

export function roots(_, answer) {
  const text = element("textarea", { class: "textarea playground-text mono", id: `roots-${crypto.randomUUID()}`, rows: "2", spellcheck: "false", placeholder: "file:///projects/website" });
  text.value = sessionStorage.getItem(KEPT) ?? "";
  const error = element("p", { class: "field-error", id: `${text.id}-error`, hidden: true });
  const help = element("p", { class: "field-help", id: `${text.id}-help` }, "URIs that begin with file://, one a line. The server is told these names; nobody can read the folders.");
  text.setAttribute("aria-describedby", `${error.id} ${help.id}`);
  const send = () => {
    const given = rootsIn(text.value), wrong = given.find(({ uri }) => !/^file:\/\/\S+$/.test(uri));
    error.hidden = !wrong;
    error.textContent = wrong ? `${wrong.uri} is no root: it begins with file:// and has no space.` : "";
    if (wrong) { text.focus(); return; }
    sessionStorage.setItem(KEPT, text.value);
    answer({ result: { roots: given } });
  };
  const form = element("form", { onsubmit: (event) => { event.preventDefault(); send(); } },
    element("div", { class: "field" }, element("label", { class: "field-label", for: text.id }, "Roots"), text, error, help),
    element("div", { class: "form-actions" }, element("button", { type: "submit", class: "btn btn-primary" }, "Send roots"),
      element("button", { type: "button", class: "btn", onclick: () => answer({ error: { code: REFUSED, message: "The person gives no roots." } }) }, "Refuse")));
  return { title: "asks for your roots", content: [element("p", { class: "playground-said" }, "Which folders should it work in?"), form] };
}
