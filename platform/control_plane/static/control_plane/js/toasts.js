// Short messages at the edge: Django's messages when the page loads, and `HX-Trigger: {"toast": {"text", "kind"}}` later.
// A good one goes by itself, a bad one stays until it is closed.
import { onArrival } from "./arriving.js";

const STAYS = 6000;
const KINDS = { success: "ok", error: "bad", warning: "warn", debug: "info" };
const ICONS = { ok: "circle-check", bad: "circle-alert", warn: "triangle-alert", info: "info" };
const region = document.getElementById("toasts");

function icon(name) {
  const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  use.setAttribute("href", `${region.dataset.icons}#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("width", "16");
  svg.setAttribute("height", "16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function toast({ text, kind = "ok" }) {
  const known = KINDS[kind] ?? (kind in ICONS ? kind : "info");
  const [box, words, close] = ["div", "p", "button"].map((tag) => document.createElement(tag));
  box.className = `toast toast-${known}`;
  words.textContent = text;
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.append(icon("x"));
  const remove = () => {
    box.remove();
    if (!region.querySelector(".toast") && region.matches(":popover-open")) region.hidePopover();
  };
  close.addEventListener("click", remove);
  box.append(icon(ICONS[known]), words, close);
  region.append(box);
  // Over an open dialog, too.
  if (document.querySelector("dialog[open]")) {
    if (region.matches(":popover-open")) region.hidePopover();
    region.showPopover();
  }
  const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, STAYS) : remove());
  if (known !== "bad") setTimeout(leave, STAYS);
}

onArrival("template[data-toast]", (message) => {
  toast({ text: message.content.textContent.trim(), kind: message.dataset.toast });
  message.remove();
});
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:responseError", (event) => {
  const id = event.detail.xhr.getResponseHeader("X-Request-Id");
  toast({ kind: "bad", text: `That did not work (${event.detail.xhr.status}). Reload the page and try again.${id ? ` Request ${id}` : ""}` });
});
document.addEventListener("htmx:sendError", () => toast({ kind: "bad", text: "The server could not be reached. Try again." }));
