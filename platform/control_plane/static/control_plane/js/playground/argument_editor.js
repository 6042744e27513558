// What is filled in for one thing: as a form, or as JSON. What is written in one is there in the other.
import { byId, element, pretty } from "./elements.js";
import { NOTHING, Unfinished, complain, forgive, formOf } from "./form.js";

export class ArgumentEditor {
  constructor(place, { asForm, asJson }) {
    Object.assign(this, { place, asForm, asJson, isJson: false });
    this.text = element("textarea", { class: "textarea playground-text mono", id: "arguments-json", rows: "8", spellcheck: "false", "aria-label": "Arguments as JSON" });
    this.error = element("p", { class: "field-error", id: "arguments-json-error", hidden: true });
    asForm.addEventListener("click", () => this.#turn(false));
    asJson.addEventListener("click", () => this.#turn(true));
  }

  open(schema, values, options) {
    this.form = formOf(schema, options);
    const isForm = Object.keys(schema?.properties ?? {}).length === 0 && schema?.additionalProperties === false;
    this.asForm.parentElement.hidden = isForm;
    if (values !== undefined) this.form.write(values);
    this.text.value = pretty(values ?? {});
    this.isJson = false;
    this.#show();
  }

  // The arguments, or undefined where something is not finished: it says so beside the field.
  read() {
    forgive(this.place);
    try {
      return this.#value();
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      complain(error);
      return undefined;
    }
  }

  // What is there, finished or not; undefined where it can't be read yet.
  peek() {
    try { return this.#value(); } catch { return undefined; }
  }

  #value() {
    if (!this.isJson) {
      const value = this.form.read();
      return value === NOTHING ? {} : value;
    }
    let value;
    try { value = JSON.parse(this.text.value || "{}"); } catch (error) { throw new Unfinished(`This is no JSON yet: ${error.message}`, this.text); }
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unfinished("Arguments are one JSON object.", this.text);
    return value;
  }

  #turn(toJson) {
    if (toJson === this.isJson) return;
    if (toJson) {
      // What is not finished stays in the form, for whoever comes back to it.
      try { this.text.value = pretty(this.#value()); } catch (error) { if (!(error instanceof Unfinished)) throw error; }
    } else {
      const value = this.read();
      if (value === undefined) return;
      this.form.write(value);
    }
    this.isJson = toJson;
    this.#show();
  }

  #show() {
    this.asForm.setAttribute("aria-pressed", String(!this.isJson));
    this.asJson.setAttribute("aria-pressed", String(this.isJson));
    this.place.replaceChildren(...(this.isJson ? [element("div", { class: "field" }, this.text, this.error)] : [this.form.element]));
  }

  focus() {
    byId(this.place.id).querySelector("input, textarea, select")?.focus();
  }
}
