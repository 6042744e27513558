// Every request that went over the wire, with what came back. Requests for the call that runs are told from the others.

const ASKED_AGAIN = 6;

export class WireLog {
  #run = 0;
  #polls = [];
  view;

  // From now on until `pause`, what is begun belongs to the call.
  begin() {
    this.isRunning = true;
    this.#run += 1;
    this.#polls = [];
    this.view?.cleared();
  }

  pause() {
    this.isRunning = false;
  }

  // `besides` is what goes on anyway, such as a session's own stream.
  exchange(request, { besides = false } = {}) {
    const made = new Exchange(request, besides || !this.isRunning);
    made.shown = this.view?.begun(made);
    if (request.body?.method === "tasks/get") this.#forget(made);
    return made;
  }

  // Asking how far a task is, again and again, would push everything else out of sight.
  #forget(poll) {
    this.#polls.push(poll);
    if (this.#polls.length > ASKED_AGAIN) this.#polls.splice(1, 1)[0].shown?.remove();
  }
}

class Exchange {
  messages = [];
  began = performance.now();

  constructor(request, besides) {
    Object.assign(this, { request, besides });
  }

  answered(response) {
    this.status = response.status;
    this.headers = [...response.headers];
    this.isStream = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
    this.shown?.answered(this);
  }

  came(message) {
    const one = { after: performance.now() - this.began, message };
    this.messages.push(one);
    this.shown?.came(one, this);
    return message;
  }
}
