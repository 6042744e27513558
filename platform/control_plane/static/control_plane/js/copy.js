// data-copy="text" copies the text; data-copy-target="selector" copies what an element beside the button holds, or any
// element of the page, without its parts that are marked data-prompt.
import { onClick } from "./arriving.js";

const SAID_FOR = 1600;

function textOf(button) {
  if (button.dataset.copy !== undefined) return button.dataset.copy;
  const selector = button.dataset.copyTarget;
  const source = button.parentElement.querySelector(selector) ?? document.querySelector(selector);
  if (source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement) return source.value;
  const copy = source.cloneNode(true);
  copy.querySelectorAll("[data-prompt]").forEach((prompt) => prompt.remove());
  return copy.textContent.trim();
}

function say(button, words) {
  const label = button.querySelector("[data-copy-label]") ?? button;
  label.dataset.said ??= label.textContent;
  label.textContent = words;
  label.toggleAttribute("data-copied", true);
  clearTimeout(button.copyTimer);
  button.copyTimer = setTimeout(() => {
    label.textContent = label.dataset.said;
    label.removeAttribute("data-copied");
  }, SAID_FOR);
}

async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "sr-only" });
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("The browser did not copy.");
}

onClick("[data-copy], [data-copy-target]", async (button, event) => {
  event.preventDefault();
  try {
    await copied(textOf(button));
    say(button, "Copied");
  } catch {
    say(button, "Select it and copy");
  }
});
