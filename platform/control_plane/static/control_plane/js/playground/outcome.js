// What comes of a call while it runs, and when it has ended.
import { byId, duration, element, pretty, tag } from "./elements.js";
import { shownError, shownResult } from "./result.js";
import { tabs } from "./tabs.js";

const TICK = 100;
const LEVELS = { error: "bad", critical: "bad", alert: "bad", emergency: "bad", warning: "warn" };
const STATES = { working: ["info", "working"], input_required: ["warn", "waiting for you"], completed: ["ok", "completed"], failed: ["bad", "failed"], cancelled: ["mute", "cancelled"] };

export class Outcome {
  constructor({ jobs }) {
    this.jobs = jobs;
    this.show = tabs(document.querySelector("#outcome [role=tablist]"));
  }

  begin() {
    this.isOver = false;
    this.began = performance.now();
    this.messages = 0;
    byId("outcome").hidden = false;
    byId("result").replaceChildren(element("p", { class: "muted" }, "Waiting for the answer…"));
    byId("log").replaceChildren(element("p", { class: "muted" }, "Nothing was reported on the way."));
    byId("log-count").textContent = "";
    byId("progress").hidden = byId("task").hidden = true;
    this.show("tab-result");
    clearInterval(this.clock);
    this.state("info", "running");
    this.clock = setInterval(() => { this.took.textContent = duration(performance.now() - this.began); }, TICK);
  }

  // As it is from now on. Said again only where it changes, for those who listen.
  state(kind, word) {
    const place = byId("status");
    if (this.isOver) return;
    if (place.firstChild?.textContent === word && this.took?.isConnected) return;
    this.took = element("span", { class: "muted", "aria-hidden": "true" }, duration(performance.now() - this.began));
    place.replaceChildren(tag(kind, word), this.took);
  }

  // A notification on the way.
  heard({ method, params }) {
    if (method === "notifications/progress") this.#progress(params);
    if (method === "notifications/message") this.#log(tag(LEVELS[params.level] ?? "mute", params.level), typeof params.data === "string" ? params.data : pretty(params.data));
  }

  task({ taskId, status, statusMessage }) {
    const [kind, word] = STATES[status] ?? ["mute", status];
    if (this.taskSaid !== `${taskId} ${status} ${statusMessage}`) this.#log(tag(kind, word), statusMessage ?? "");
    this.taskSaid = `${taskId} ${status} ${statusMessage}`;
    const badge = tag(kind, word);
    badge.classList.toggle("tag-live", status === "working");
    byId("task").hidden = false;
    byId("task").replaceChildren(element("span", { class: "muted" }, "Task"), badge, element("code", {}, taskId),
      element("a", { class: "link", href: `${this.jobs}${encodeURIComponent(taskId)}/` }, "Open its job"));
    byId("result").replaceChildren(element("p", { class: "muted" }, statusMessage || "It runs in the background. You may leave this page; the task goes on."));
  }

  ended(answer) {
    if (answer.error) return this.#end("bad", answer.error.data?.type ?? "refused", "refused", shownError(answer.error));
    const failed = answer.result?.isError === true;
    return this.#end(failed ? "bad" : "ok", failed ? "tool error" : "done", failed ? "tool error" : "done", shownResult(answer.result ?? {}));
  }

  stopped(kind, word, text) {
    return this.#end(kind, word, word, [element("p", {}, text)]);
  }

  #end(kind, said, word, shown) {
    this.isOver = true;
    clearInterval(this.clock);
    byId("progress").hidden = true;
    byId("result").replaceChildren(...shown);
    byId("status").replaceChildren(tag(kind, said), element("span", { class: "muted" }, duration(performance.now() - this.began)));
    return { kind, word };
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
