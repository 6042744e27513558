// A menu is a popover: the browser opens it, closes it with Escape and beside it, and draws it over everything. Here it
// gets its place, the arrow keys, and says whether it is open.
import { onArrival } from "./arriving.js";

const GAP = 4, EDGE = 8;

function place(button, list, align) {
  const at = button.getBoundingClientRect();
  list.style.minWidth = `${Math.max(184, align === "start" ? at.width : 0)}px`;
  const { width, height } = list.getBoundingClientRect();
  const left = align === "start" ? at.left : at.right - width;
  const below = at.bottom + GAP, above = at.top - GAP - height;
  list.style.left = `${Math.min(Math.max(EDGE, left), innerWidth - width - EDGE)}px`;
  list.style.top = `${below + height > innerHeight - EDGE && above > EDGE ? above : below}px`;
}

function move(list, key) {
  const items = [...list.querySelectorAll("a, button, input, [tabindex]")].filter((item) => item.offsetParent && !item.disabled);
  const now = items.indexOf(document.activeElement);
  const next = { ArrowDown: now + 1, ArrowUp: now < 0 ? items.length - 1 : now - 1, Home: 0, End: items.length - 1 }[key];
  items[(next + items.length) % items.length]?.focus();
}

onArrival("[data-menu]", (menu) => {
  const [button, list] = [menu.querySelector("[popovertarget]"), menu.querySelector("[popover]")];
  list.addEventListener("toggle", (event) => {
    const isOpen = event.newState === "open";
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    place(button, list, menu.dataset.menu);
    list.querySelector('[aria-current], a, button')?.focus({ focusVisible: button.matches(":focus-visible") });
  });
  menu.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    if (!list.matches(":popover-open")) {
      if (event.key !== "ArrowDown" || document.activeElement !== button) return;
      list.showPopover();
    } else {
      move(list, event.key);
    }
    event.preventDefault();
  });
  list.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) list.hidePopover();
  });
});

// It stays with its button, whatever is scrolled.
for (const moved of ["scroll", "resize"]) {
  addEventListener(moved, () => {
    document.querySelectorAll("[data-menu] > :popover-open").forEach((list) => {
      place(list.parentElement.querySelector("[popovertarget]"), list, list.parentElement.dataset.menu);
    });
  }, { capture: true, passive: true });
}
