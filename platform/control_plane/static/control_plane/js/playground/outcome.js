// What comes of a call while it runs, and when it has ended.
import { byId, duration, element, pretty, tag } from "./elements.js";
import { shownError, shownResult } from "./result.js";
import { tabs } from "./tabs.js";
import { shownAnswer, shownRequest } from "./wire.js";

const TICK = 100;
const LEVELS = { error: "bad", critical: "bad", alert: "bad", emergency: "bad", warning: "warn" };

export class Outcome {
  constructor() {
    this.show = tabs(document.querySelector("#outcome [role=tablist]"));
  }

  begin(request) {
    this.began = performance.now();
    this.messages = 0;
    byId("outcome").hidden = false;
    byId("result").replaceChildren(element("p", { class: "muted" }, "Waiting for the tool…"));
    byId("log").replaceChildren(element("p", { class: "muted" }, "Nothing was reported on the way."));
    byId("log-count").textContent = "";
    byId("wire").replaceChildren(shownRequest(request));
    byId("progress").hidden = true;
    this.show("tab-result");
    this.#state("info", "running");
    this.clock = setInterval(() => this.#state("info", "running"), TICK);
  }

  // A message of the stream that is not the answer.
  heard({ method, params }) {
    if (method === "notifications/progress") this.#progress(params);
    if (method === "notifications/message") this.#log(tag(LEVELS[params.level] ?? "mute", params.level), typeof params.data === "string" ? params.data : pretty(params.data));
  }

  ended(wire) {
    const { answer } = wire;
    byId("wire").append(shownAnswer(wire));
    if ("error" in answer) {
      this.#end("bad", answer.error.data?.type ?? "refused", wire.took, shownError(answer.error));
      return { kind: "bad", word: "refused" };
    }
    const failed = answer.result.isError === true;
    this.#end(failed ? "bad" : "ok", failed ? "tool error" : "done", wire.took, shownResult(answer.result));
    return failed ? { kind: "bad", word: "tool error" } : { kind: "ok", word: "done" };
  }

  stopped(kind, word, text) {
    this.#end(kind, word, performance.now() - this.began, [element("p", {}, text)]);
    return { kind, word };
  }

  #end(kind, word, took, shown) {
    clearInterval(this.clock);
    byId("progress").hidden = true;
    byId("result").replaceChildren(...shown);
    byId("status").replaceChildren(tag(kind, word), element("span", { class: "muted" }, duration(took)));
  }

  #state(kind, word) {
    const took = duration(performance.now() - this.began), place = byId("status");
    if (place.dataset.word !== `${this.began}`) {
      place.dataset.word = `${this.began}`;
      place.replaceChildren(tag(kind, word), element("span", { class: "muted", "aria-hidden": "true" }, took));
    } else place.lastChild.textContent = took;
  }

  #progress({ progress, total, message }) {
    const bar = byId("progress"), words = [total === undefined ? `${progress}` : `${progress} of ${total}`, message].filter(Boolean).join(" · ");
    bar.hidden = false;
    if (typeof total === "number" && total > 0) Object.assign(bar, { max: total, value: Math.min(progress, total) });
    else bar.removeAttribute("value");
    byId("result").firstChild.textContent = words;
    this.#log(tag("info", "progress"), words);
  }

  #log(label, words) {
    const place = byId("log");
    if (!this.messages) place.replaceChildren(element("ol", { class: "playground-log", tabindex: "0", "aria-label": "Messages" }));
    this.messages += 1;
    byId("log-count").textContent = String(this.messages);
    const after = element("span", { class: "faint" }, duration(performance.now() - this.began));
    place.firstChild.append(element("li", {}, after, label, element("span", {}, words)));
  }
}
