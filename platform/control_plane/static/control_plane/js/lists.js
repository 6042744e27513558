// data-follow: a link to rows that have come. It is followed by itself while whoever looks is at the top of the page and
// busy with nothing there; else it waits to be pressed, and nothing that is being read moves.
// A drawer beside its list closes without leaving the list: the place in it stays.
import { onArrival, onClick } from "./arriving.js";

const TOP = 24;

function isBusy() {
  const open = document.querySelector("dialog[open], [data-drawer], :popover-open");
  const at = document.activeElement?.closest("table, form, [data-drawer]");
  return Boolean(open || at || getSelection()?.toString());
}

onArrival("[data-follow]", (link) => { if (scrollY < TOP && !isBusy()) link.click(); });

onClick("[data-beside] [data-drawer] a[data-close]", (link, event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("[data-drawer]").remove();
  history.replaceState(null, "", link.href);
});
