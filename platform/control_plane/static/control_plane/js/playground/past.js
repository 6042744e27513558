// What was done in this tab; each comes back with what was filled in.
import { byId, duration, element, tag } from "./elements.js";

const KEPT = 30;

export class Past {
  #all = [];

  constructor(reopen) {
    this.reopen = reopen;
  }

  keep(one) {
    this.#all.unshift(one);
    this.#all.length = Math.min(this.#all.length, KEPT);
    byId("history").hidden = false;
    byId("history-list").replaceChildren(...this.#all.map((each) => this.#line(each)));
  }

  #line({ thing, values, came, took, version }) {
    return element("li", {}, element("button", { type: "button", onclick: () => this.reopen(thing, values) },
      element("span", {}, element("code", {}, thing.name), tag(came.kind, came.word)),
      element("small", {}, `${duration(took)} · ${version} · ${JSON.stringify(values).slice(0, 80)}`)));
  }
}
