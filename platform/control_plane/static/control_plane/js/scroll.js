// data-scroll: what overflows can be scrolled with the keyboard, and takes the focus only then.
import { onArrival } from "./arriving.js";

const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const overflows = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
    if (overflows) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

onArrival("[data-scroll]", (element) => observer.observe(element));
