// What a server asks the person for while it works: shown one below the other, each with its own answer or refusal.
import { element } from "./elements.js";
import { elicitation } from "./elicitation.js";
import { roots } from "./roots.js";
import { sampling } from "./sampling.js";

const KINDS = { "elicitation/create": elicitation, "sampling/createMessage": sampling, "roots/list": roots };
let questions = 0;

const focusIn = (place) => (place.querySelector("input:not([readonly]), textarea, select") ?? place.querySelector("button, a"))?.focus();

export class Questions {
  constructor(place, server) {
    Object.assign(this, { place, server });
  }

  // Answers to requests ({key: {method, params}}), under the same keys: {result}, or {error} where the person refuses.
  // Undefined where one is of a kind that nobody knows. The promise fails when `signal` takes the questions back.
  async ask(requests, signal) {
    const entries = Object.entries(requests);
    if (!entries.every(([, { method }]) => method in KINDS)) return undefined;
    const shown = entries.map(([key, request]) => [key, this.#show(request, signal)]);
    if (!this.place.contains(document.activeElement)) shown[0]?.[1].focus();
    return Object.fromEntries(await Promise.all(shown.map(async ([key, { answer }]) => [key, await answer])));
  }

  // Gone once it is answered or taken back; then the next one has the focus.
  #done(made) {
    const hadFocus = made.contains(document.activeElement);
    made.remove();
    this.place.hidden = this.place.children.length === 0;
    if (hadFocus) focusIn(this.place);
  }

  #show({ method, params = {} }, signal) {
    const id = `question-${++questions}`, made = element("section", { class: "playground-question", "aria-labelledby": id });
    const answer = new Promise((resolve, reject) => {
      const stop = () => reject(new DOMException("taken back", "AbortError"));
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop, { once: true });
      const { title, content } = KINDS[method](params, resolve);
      made.append(element("h3", { id }, element("b", {}, this.server), ` ${title}`), ...content);
    });
    this.place.append(made);
    this.place.hidden = false;
    return { answer: answer.finally(() => this.#done(made)), focus: () => focusIn(made) };
  }
}
