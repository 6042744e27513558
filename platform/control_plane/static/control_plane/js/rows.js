// tr[data-href]: the whole row opens what its first link opens. The link stays the way for the keyboard.

const OWN = "a, button, input, select, textarea, label, summary, [popover]";

function follow(event) {
  const row = event.target.closest?.("tr[data-href]");
  if (!row || event.defaultPrevented || event.target.closest(OWN) || getSelection()?.toString()) return;
  const isNewTab = event.button === 1 || event.metaKey || event.ctrlKey;
  const link = [...row.querySelectorAll("a[href]")].find((each) => each.getAttribute("href") === row.dataset.href);
  if (isNewTab) open(row.dataset.href, "_blank", "noopener");
  else if (link) link.click();
  else location.assign(row.dataset.href);
}

document.addEventListener("click", follow);
document.addEventListener("auxclick", (event) => { if (event.button === 1) follow(event); });
