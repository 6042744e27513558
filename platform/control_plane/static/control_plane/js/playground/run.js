// One call from its request to its end: what the server asks meanwhile, and what becomes a task.
import { Refused } from "./access.js";
import { waited } from "./reading.js";
import { Task, TaskLost } from "./tasks.js";

const SOONEST = 1000, LATEST = 5000;

class GivenUp extends Error {}

const CANCELLED = "You cancelled the call: the server was told, and the tool was asked to stop.";
const TASK_CANCELLED = "The task was cancelled.";

export class Run {
  #stop = new AbortController();
  #open = 0;

  constructor({ client, outcome, questions }) {
    Object.assign(this, { client, outcome, questions });
  }

  // How it came out: {kind, word}.
  async perform(method, params, { schema, asTask }) {
    this.outcome.begin();
    try {
      const answer = await this.#through(method, params, { schema, asTask });
      if (!answer.error && answer.result === undefined) return this.outcome.stopped("mute", "cancelled", TASK_CANCELLED);
      if (this.task?.known.status === "cancelled") return this.outcome.stopped("mute", "cancelled", TASK_CANCELLED);
      return this.outcome.ended(answer);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error) {
    if (error instanceof TaskLost) return this.outcome.ended(error.answer);
    if (error instanceof GivenUp) return this.outcome.stopped("mute", "given up", error.message);
    if (error.name === "AbortError") return this.outcome.stopped("mute", "cancelled", CANCELLED);
    return this.outcome.stopped("bad", "no answer", error instanceof Refused ? error.message : "The connection broke before the answer came.");
  }

  // A call by giving up on it, a task by asking for its end.
  cancel() {
    if (this.task) this.task.cancel().then(({ error }) => { if (error) this.outcome.heard({ method: "notifications/message", params: { level: "warning", data: error.message } }); }, () => {});
    else this.#stop.abort();
  }

  async #through(method, params, { schema, asTask }) {
    const { signal } = this.#stop;
    const heard = (message) => { if (message.id === undefined) this.outcome.heard(message); };
    let sent = asTask && this.client.version < "2026" ? { ...params, task: {} } : params;
    for (let pause = SOONEST; ; pause = Math.min(2 * pause, LATEST)) {
      const answer = await this.client.ask(method, sent, { schema, signal, heard, progress: true, tasks: asTask });
      const { result } = answer, task = result?.resultType === "task" ? result : result?.task;
      if (task) return this.#follow(task);
      if (result?.resultType !== "input_required") return answer;
      const more = {};
      if (result.requestState !== undefined) more.requestState = result.requestState;
      if (result.inputRequests) more.inputResponses = await this.#answers(result.inputRequests, signal);
      // Nothing is asked: it waits for something else, so it is asked again after a while.
      else await waited(pause, signal);
      sent = { ...params, ...more };
    }
  }

  async #follow(task) {
    this.task = new Task({
      client: this.client, task, signal: this.#stop.signal,
      changed: (state) => this.outcome.task(state),
      answers: (requests, signal) => this.#answers(requests, signal),
    });
    return this.task.follow();
  }

  // 2026-07-28 has no way to refuse to be a model, or to have roots: the call is not made again.
  async #answers(requests, signal) {
    const answers = await this.#asked(requests, signal);
    if (answers === undefined) throw new GivenUp("The server asks for something that the playground doesn't know. Wire has it.");
    if (Object.values(answers).some(({ error }) => error)) {
      this.task?.cancel().catch(() => {});
      throw new GivenUp(this.task ? "You refused, so the task is cancelled." : "You refused, so the call was not made again. Nothing waits for it.");
    }
    return Object.fromEntries(Object.entries(answers).map(([key, { result }]) => [key, result]));
  }

  async #asked(requests, signal) {
    this.#open += 1;
    this.outcome.state("warn", "waiting for you");
    try {
      return await this.questions.ask(requests, signal);
    } finally {
      this.#open -= 1;
      if (!this.#open) this.outcome.state("info", "running");
    }
  }

  // A request that came on the call's stream, in the older revisions.
  async answer(request, signal) {
    return (await this.#asked({ request }, signal))?.request;
  }
}
