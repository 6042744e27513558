// Following a call that became a task to its end, in both of its forms: the extension of 2026-07-28, and 2025-11-25.
import { waited } from "./reading.js";
import { MODERN } from "./revisions.js";

const ENDED = new Set(["completed", "failed", "cancelled"]);
const POLL = 1000;

export const hasEnded = ({ status }) => ENDED.has(status);

export class TaskLost extends Error {
  constructor(answer) {
    super(answer.error.message);
    this.answer = answer;
  }
}

// `changed(task)` gets every state, `answers(requests, signal)` answers what the task asks.
export class Task {
  #answered = new Set();
  #end;
  #ended = new Promise((resolve) => { this.#end = resolve; });

  constructor({ client, task, signal, changed, answers }) {
    Object.assign(this, { client, id: task.taskId, signal, changed, answers, isModern: client.version === MODERN });
    this.#take(task);
  }

  // Ask it to stop; whether it does, its state will say.
  cancel() {
    return this.client.ask("tasks/cancel", { taskId: this.id });
  }

  // The answer of the call, once the task has ended.
  async follow() {
    const stop = new AbortController(), signal = AbortSignal.any([this.signal, stop.signal]);
    if (this.isModern) this.#listen(signal);
    try {
      while (!hasEnded(this.known)) {
        if (this.known.status === "input_required") this.#input(signal);
        await Promise.race([waited(this.#pause, signal), this.#ended, ...(this.answering ? [this.answering] : [])]);
        if (!hasEnded(this.known)) await this.#poll(signal);
      }
      return await this.#outcome();
    } finally {
      stop.abort();
    }
  }

  get #pause() {
    return this.known.pollIntervalMs ?? this.known.pollInterval ?? POLL;
  }

  // Answers to questions and notifications overtake each other: what is older is passed over.
  #take(task) {
    if (this.known && (hasEnded(this.known) || task.lastUpdatedAt < this.known.lastUpdatedAt)) return;
    this.known = task;
    this.changed(task);
    if (hasEnded(task)) this.#end();
  }

  async #poll(signal) {
    this.#take(await this.#ask("tasks/get", {}, signal));
  }

  async #ask(method, params, signal) {
    const answer = await this.client.ask(method, { taskId: this.id, ...params }, { signal });
    if (answer.error) throw new TaskLost(answer);
    return answer.result;
  }

  // What the server tells of it by itself comes sooner than the answer to the next question.
  async #listen(signal) {
    const heard = ({ method, params }) => { if (method === "notifications/tasks" && params.taskId === this.id) this.#take(params); };
    try {
      await this.client.ask("subscriptions/listen", { notifications: { taskIds: [this.id] } }, { signal, heard, tasks: true });
    } catch {
      // Given up, or not to be had: asking goes on.
    }
  }

  // 2025-11-25 asks on the stream of tasks/result, 2026-07-28 in the task itself.
  #input(signal) {
    if (!this.isModern) this.#result();
    else if (!this.answering) {
      this.answering = this.#update(signal).finally(() => { this.answering = undefined; });
      this.answering.catch(() => {});
    }
  }

  async #update(signal) {
    const open = Object.entries(this.known.inputRequests ?? {}).filter(([key]) => !this.#answered.has(key));
    if (!open.length) {
      await waited(this.#pause, signal);
      return;
    }
    const inputResponses = await this.answers(Object.fromEntries(open), signal);
    open.forEach(([key]) => this.#answered.add(key));
    await this.#ask("tasks/update", { inputResponses }, signal);
  }

  #result() {
    this.resulting ??= this.client.ask("tasks/result", { taskId: this.id }, { signal: this.signal });
    this.resulting.catch(() => {});
    return this.resulting;
  }

  async #outcome() {
    if (!this.isModern) return this.#result();
    const said = "result" in this.known || "error" in this.known || this.known.status === "cancelled";
    const { result, error } = said ? this.known : await this.#ask("tasks/get", {}, this.signal);
    return error ? { error } : { result };
  }
}
