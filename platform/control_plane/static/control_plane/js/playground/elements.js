// Building elements. Text is always text: whatever a tool answers, nothing of it becomes markup.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return made;
}

export const byId = (id) => document.getElementById(id);

export function tag(kind, text) {
  return element("span", { class: `tag tag-${kind}` }, text);
}

export function code(text, { copy = true } = {}) {
  const lines = element("code", { "data-copyable": true }, text);
  const button = element("button", { type: "button", class: "btn btn-small", "data-copy-target": "[data-copyable]" },
    element("span", { "data-copy-label": true }, "Copy"));
  return element("div", { class: `code code-wrap${copy ? " code-copy" : ""}` }, element("pre", { tabindex: "0" }, lines), copy ? button : "");
}

export const pretty = (value) => JSON.stringify(value, null, 2);

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 60000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.floor(milliseconds / 60000)} min ${Math.round((milliseconds % 60000) / 1000)} s`;
}
