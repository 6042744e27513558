// Suggestions under a field, as one types (ARIA combobox): arrows choose, Enter takes, Escape closes.
import { element } from "./elements.js";

const PAUSE = 180;
let lists = 0;

// `ask(typed)` promises what fits; only the answer to what was typed last is shown.
export function suggesting(input, ask) {
  const list = element("ul", { class: "suggestions", role: "listbox", id: `suggestions-${++lists}`, "aria-label": "Suggestions", hidden: true });
  const said = element("span", { class: "sr-only", role: "status" });
  let typing, asked = 0, chosen = -1;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);

  const close = () => {
    asked += 1;
    clearTimeout(typing);
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (value) => {
    input.value = value;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const mark = (place) => {
    const all = [...list.children];
    chosen = (place + all.length) % all.length;
    all.forEach((each, at) => each.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = async () => {
    const turn = ++asked, values = await ask(input.value).catch(() => []);
    if (turn !== asked || document.activeElement !== input) return;
    said.textContent = values.length ? `${values.length} suggestion${values.length === 1 ? "" : "s"}` : "No suggestions";
    if (!values.length) { close(); return; }
    chosen = -1;
    // Pressing must not take the focus away before the click.
    list.replaceChildren(...values.map((value, at) => element("li", { role: "option", id: `${list.id}-${at}`, "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => take(value) }, value)));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(show, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) show();
    else if (step) mark(chosen < 0 && step < 0 ? -1 : chosen + step);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && !list.hidden && chosen >= 0) take(list.children[chosen].textContent);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", close);
  return element("div", { class: "suggesting" }, input, list, said);
}
