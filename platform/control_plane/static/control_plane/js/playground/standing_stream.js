// The stream on which a server speaks by itself in a session. A hidden page keeps none: browsers have few connections.
import { readAnswer, waited } from "./reading.js";

const RETRY = 5000;

export class StandingStream {
  #stop;
  #place = {};

  constructor(session) {
    this.session = session;
    document.addEventListener("visibilitychange", () => {
      if (!this.isWanted) return;
      if (document.hidden) this.#stop?.abort();
      else this.begin();
    });
  }

  async begin() {
    this.#stop?.abort();
    this.isWanted = true;
    const stop = this.#stop = new AbortController();
    try {
      while (this.isWanted && await this.#listen(stop.signal)) await waited(this.#place.retry ?? RETRY, stop.signal);
    } catch {
      // Stopped, or out of reach: whoever calls next finds out.
    }
  }

  // Until it ends; false where the server has no such stream.
  async #listen(signal) {
    const { session } = this;
    const headers = this.#place.last ? { "Last-Event-ID": this.#place.last } : {};
    const exchange = session.log.exchange(session.request("GET", undefined, headers), { besides: true });
    const response = await session.access.send(exchange.request, signal);
    if (!response.ok) {
      exchange.answered(response);
      return false;
    }
    await readAnswer(response, undefined, exchange, { place: this.#place, heard: (message) => session.heardOutside(message) });
    return true;
  }

  end() {
    this.isWanted = false;
    this.#place = {};
    this.#stop?.abort();
  }
}
