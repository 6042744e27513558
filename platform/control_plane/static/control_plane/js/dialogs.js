// data-dialog="id" opens a <dialog>, data-close closes the one it is in, data-open is open from the start. The browser
// keeps the focus inside, closes with Escape and gives the focus back.
import { onArrival, onClick } from "./arriving.js";

export function open(dialog) {
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[data-first], [autofocus]")?.focus();
}

onClick("[data-dialog]", (button, event) => {
  const dialog = document.getElementById(button.dataset.dialog);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  button.closest("[popover]")?.hidePopover();
  open(dialog);
});

onClick("dialog [data-close]", (button, event) => {
  if (button instanceof HTMLAnchorElement) return;
  event.preventDefault();
  button.closest("dialog").close();
});

onClick("[data-drawer] button[data-close]", (button) => button.closest("[data-drawer]").remove());

// A press that begins and ends on the veil: a selection of text that ends there closes nothing.
let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement && pressed === event.target && event.detail > 0) event.target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
  document.querySelector("[data-drawer] [data-close]")?.click();
});

onArrival("dialog[data-open]", open);
