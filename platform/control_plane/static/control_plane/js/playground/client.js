// The client that the page is: its revision, whether it answers questions, and when it begins anew.
import { byId, element } from "./elements.js";
import { ModernClient } from "./modern.js";
import { ALL, MODERN } from "./revisions.js";
import { SessionClient } from "./session.js";

export class ClientChoice {
  // `began()` is called when there is another client, `asks` and `told` are for what servers say to it.
  constructor({ access, log, began, asks, told }) {
    Object.assign(this, { access, log, began, asks, told });
    const said = new URLSearchParams(location.search).get("revision");
    this.version = ALL.includes(said) ? said : MODERN;
    byId("revision").replaceChildren(...ALL.map((version) => element("option", { value: version, selected: version === this.version }, version)));
    byId("revision").addEventListener("change", () => this.#choose(byId("revision").value));
    byId("answers").addEventListener("change", () => this.#begin());
    addEventListener("pagehide", () => this.client.close());
    this.#make();
  }

  #choose(version) {
    this.version = version;
    const here = new URL(location.href);
    if (version === MODERN) here.searchParams.delete("revision");
    else here.searchParams.set("revision", version);
    history.replaceState(null, "", here);
    this.#begin();
  }

  #begin() {
    this.client.close();
    this.#make();
    this.began();
  }

  #make() {
    const { access, log, version, asks, told } = this, answers = byId("answers").checked;
    this.client = version === MODERN ? new ModernClient({ access, log, answers }) : new SessionClient({ access, log, answers, version, asks, told });
  }

  // A request of 2026-07-28, whichever revision is chosen: one that needs no session.
  bare(method, params, schema) {
    const { access, log } = this;
    return new ModernClient({ access, log, answers: false }).request(method, params, { schema });
  }
}
