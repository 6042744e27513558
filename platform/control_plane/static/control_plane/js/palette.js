// "Go to or do…": Ctrl+K or ⌘K. Its commands are the page's <script type="application/json" id="commands">.

const palette = document.getElementById("palette");
const commands = JSON.parse(document.getElementById("commands")?.textContent ?? "null") ?? [];
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

document.querySelectorAll("[data-shortcut]").forEach((key) => {
  key.textContent = isApple ? `⌘${key.dataset.shortcut}` : `Ctrl ${key.dataset.shortcut}`;
});

// Every word must be there; one that begins a word of the label counts for more than one in its middle.
function score(label, words) {
  const text = label.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return -1;
    sum += at === 0 ? 3 : text[at - 1] === " " ? 2 : 1;
  }
  return sum;
}

function found(asked) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = commands.map((command) => ({ command, value: score(`${command.label} ${command.group ?? ""}`, words) }));
  const matching = scored.filter(({ value }) => value >= 0);
  return words.length ? matching.sort((a, b) => b.value - a.value).map(({ command }) => command) : commands;
}

function element(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

if (palette) {
  const [field, list] = [palette.querySelector("input"), palette.querySelector('[role="listbox"]')];
  let options = [], chosen = 0;

  const choose = (index) => {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = options.length ? (index + options.length) % options.length : 0;
    const option = options[chosen];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const show = () => {
    const groups = Map.groupBy ? Map.groupBy(found(field.value), (command) => command.group ?? "") : grouped(found(field.value));
    list.replaceChildren();
    options = [];
    for (const [title, members] of groups) {
      const group = element("div", { role: "group", "aria-label": title || "Commands" });
      if (title) group.append(element("div", { class: "menu-title", "aria-hidden": "true" }, title));
      for (const command of members) {
        const option = element("a", { role: "option", id: `command-${options.length}`, href: command.href, tabindex: "-1", "aria-selected": "false" }, command.label);
        options.push(option);
        group.append(option);
      }
      list.append(group);
    }
    if (!options.length) list.append(element("div", { class: "palette-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing of that name."));
    choose(0);
  };

  const grouped = (members) => members.reduce((groups, each) => groups.set(each.group ?? "", [...(groups.get(each.group ?? "") ?? []), each]), new Map());

  const open = () => {
    field.value = "";
    show();
    if (!palette.open) palette.showModal();
    field.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.('[data-dialog="palette"]')) return;
    event.preventDefault();
    open();
  }, { capture: true });
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") options[chosen]?.click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointermove", (event) => {
    const index = options.indexOf(event.target.closest('[role="option"]'));
    if (index >= 0 && index !== chosen) choose(index);
  });
  list.addEventListener("click", () => palette.close());
}
