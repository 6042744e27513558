// The way to the endpoint: requests with a key that is kept here, in memory, and renewed before it expires.

const BEFORE_EXPIRY = 30_000;

// Told to the person as it is.
export class Refused extends Error {}

export class Access {
  #key = "";
  #goodUntil = 0;

  constructor({ url, keyUrl, csrfToken }) {
    Object.assign(this, { url, keyUrl, csrfToken });
    const { origin, pathname } = new URL(url);
    // The page and the endpoint have one origin, whichever spelling of this machine the browser uses.
    this.target = origin === location.origin ? url : location.origin + pathname;
  }

  async send(request, signal) {
    const response = await this.#fetch(request, await this.#goodKey(), { signal });
    if (response.status !== 401) return response;
    this.#key = "";
    return this.#fetch(request, await this.#goodKey(), { signal });
  }

  // For a page that is going away: without waiting for anything.
  sendLast(request) {
    return this.#key ? this.#fetch(request, this.#key, { keepalive: true }) : undefined;
  }

  #fetch({ verb, headers, body }, key, options) {
    const sent = { ...headers, Authorization: `Bearer ${key}` };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return fetch(this.target, { method: verb, headers: sent, body: text, credentials: "omit", cache: "no-store", ...options });
  }

  async #goodKey() {
    if (this.#key && Date.now() < this.#goodUntil) return this.#key;
    const response = await fetch(this.keyUrl, { method: "POST", headers: { "X-CSRFToken": this.csrfToken, Accept: "application/json" }, redirect: "manual" });
    const answer = response.ok ? await response.json() : await response.json().catch(() => ({}));
    if (!answer.key) throw new Refused(answer.error ?? "You are signed out, or may not call here any more. Load the page again.");
    this.#key = answer.key;
    this.#goodUntil = Date.now() + answer.seconds * 1000 - BEFORE_EXPIRY;
    return this.#key;
  }
}
