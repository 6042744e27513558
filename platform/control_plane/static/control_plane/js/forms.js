// data-submit-on-change: a form of filters that sends itself. data-reveal: shows a password. data-slug-from: suggests a
// short name from a long one until somebody writes their own.
import { onArrival, onClick } from "./arriving.js";

const PAUSE = 350;

onArrival("form[data-submit-on-change]", (form) => {
  let timer;
  const send = () => { clearTimeout(timer); form.requestSubmit(); };
  form.querySelector("[data-submit]")?.setAttribute("hidden", "");
  form.addEventListener("change", send);
  form.addEventListener("input", (event) => {
    if (!event.target.matches("input:is([type=text], [type=search], :not([type]))")) return;
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
});

onArrival("[data-reveal]", (button) => { button.hidden = false; });
onClick("[data-reveal]", (button) => {
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  button.textContent = shown ? "Show" : "Hide";
  field.focus();
});

export function slugOf(text, longest = 40) {
  const plain = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/ß/g, "ss").replace(/[^a-z0-9]+/g, "-").slice(0, longest).replace(/^-+|-+$/g, "");
}

onArrival("[data-slug-from]", (slug) => {
  const name = document.querySelector(slug.dataset.slugFrom);
  let isOwn = slug.value !== "" && slug.value !== slugOf(name?.value ?? "");
  slug.addEventListener("input", (event) => { if (event.isTrusted) isOwn = slug.value !== ""; });
  name?.addEventListener("input", () => {
    if (isOwn) return;
    slug.value = slugOf(name.value, slug.maxLength > 0 ? slug.maxLength : undefined);
    slug.dispatchEvent(new Event("input", { bubbles: true }));
  });
});

// One press, one request: a form that is on its way is not sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
});
