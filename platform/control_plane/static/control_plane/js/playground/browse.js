// The list of what there is, in three parts: tools, resources with templates, prompts. Each has its own URL.
import { byId, element, tag } from "./elements.js";

const PARTS = {
  tools: { title: "Tools", find: "Find a tool", none: "No tool has that in its name or description." },
  resources: { title: "Resources", find: "Find a resource", none: "No resource has that in its URI, name or description." },
  prompts: { title: "Prompts", find: "Find a prompt", none: "No prompt has that in its name or description." },
};
export const PART_OF = { tool: "tools", resource: "resources", template: "resources", prompt: "prompts" };

export class Browse {
  // `opened(thing)` is told when one is chosen.
  constructor({ base, opened }) {
    Object.assign(this, { base, opened, things: {}, part: "tools" });
    byId("find").addEventListener("input", () => this.show());
    byId("parts").addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-part]")?.dataset.part;
      if (chosen) this.turn(chosen);
    });
  }

  fill(things) {
    this.things = things;
    const parts = Object.keys(PARTS).filter((part) => things[part].length);
    if (!parts.includes(this.part)) this.part = parts[0] ?? "tools";
    byId("parts").replaceChildren(...(parts.length ? parts : ["tools"]).map((part) => element("button", { type: "button", "data-part": part },
      PARTS[part].title, " ", element("small", {}, things[part].length || ""))));
    byId("find").disabled = !parts.length;
    this.show();
  }

  turn(part) {
    this.part = part;
    byId("find").value = "";
    this.show();
  }

  get all() {
    return [...(this.things.tools ?? []), ...(this.things.resources ?? []), ...(this.things.prompts ?? [])];
  }

  choose(thing) {
    this.chosen = thing;
    if (this.part !== PART_OF[thing.kind]) this.turn(PART_OF[thing.kind]);
    else if (!this.lines?.has(thing)) this.show();
    else this.#mark();
  }

  show() {
    const words = byId("find").value.trim().toLowerCase(), own = this.things[this.part] ?? [], texts = PARTS[this.part];
    byId("find").placeholder = texts.find;
    byId("find").setAttribute("aria-label", texts.find);
    byId("parts").querySelectorAll("[data-part]").forEach((part) => part.setAttribute("aria-pressed", String(part.dataset.part === this.part)));
    const found = own.filter(({ name, title, description }) => [name, title, description].join(" ").toLowerCase().includes(words));
    const none = own.length ? texts.none : "None that you may call.";
    this.lines = new Map(found.map((thing) => [thing, this.#line(thing)]));
    byId("tools").replaceChildren(found.length ? element("ul", { class: "playground-list" }, ...[...this.lines.values()].map((link) => element("li", {}, link)))
      : element("p", { class: "playground-none muted" }, none));
    this.#mark();
  }

  // The chosen one, brought into view within the list alone: the page stays where it is.
  #mark() {
    for (const [thing, link] of this.lines) {
      if (thing === this.chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const line = this.lines.get(this.chosen), list = line?.closest("ul");
    if (!line) return;
    const top = line.offsetTop, bottom = top + line.offsetHeight;
    if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  }

  #line(thing) {
    const link = element("a", { href: this.pathOf(thing) },
      element("span", {}, element("code", {}, thing.name), thing.kind === "template" ? tag("info", "template") : ""),
      thing.title && thing.title !== thing.name ? element("small", {}, thing.title) : "");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      this.opened(thing);
    });
    return link;
  }

  // Where a thing is, with the revision that is chosen.
  pathOf({ kind, name }, revision = new URLSearchParams(location.search).get("revision")) {
    const said = new URLSearchParams(kind === "tool" ? {} : { [kind]: name });
    if (revision) said.set("revision", revision);
    const query = said.size ? `?${said}` : "";
    return kind === "tool" ? `${this.base}${encodeURIComponent(name)}/${query}` : `${this.base}${query}`;
  }

  // The kind and name that a URL speaks of, or undefined.
  wanted() {
    const said = new URLSearchParams(location.search);
    const kind = ["resource", "template", "prompt"].find((each) => said.has(each));
    if (kind) return { kind, name: said.get(kind) };
    const name = decodeURIComponent(location.pathname.slice(this.base.length).split("/")[0]);
    return name ? { kind: "tool", name } : undefined;
  }
}
