// The single fields of a form. Each has `element`, `read()` and `write(value)`; NOTHING stands for "left out", and
// Unfinished is thrown where something can't be read yet. `ways` says how the whole form is: `checked` before it is sent,
// with its schema's titles; with a `suggest(name, typed)`.
import { byId, element, pretty } from "./elements.js";
import { limits, optionsOf } from "./schema.js";
import { suggesting } from "./suggestions.js";

export const NOTHING = Symbol("left out");
let fields = 0;

export class Unfinished extends Error {
  constructor(message, control) {
    super(message);
    this.control = control;
  }
}

export function complain({ message, control }) {
  const place = control && byId(`${control.id}-error`);
  if (!place) return false;
  place.textContent = message;
  place.hidden = false;
  control.setAttribute("aria-invalid", "true");
  control.focus();
  return true;
}

export function forgive(form) {
  form.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
  form.querySelectorAll(".field-error").forEach((place) => { place.hidden = true; });
}

const newId = () => `field-${++fields}`;
const written = (value) => (value === NOTHING || value === null ? "" : String(value));
const optional = (required) => (required ? "" : element("small", {}, " optional"));
export const labelOf = ({ label, schema, ways }) => (ways?.checked && schema.title) || label;

function labelled(control, { required, schema, note = limits(schema), ...options }, shown = control) {
  const id = (control.id ||= newId());
  const help = [schema.description, note].filter(Boolean).join(" · ");
  control.setAttribute("aria-describedby", [`${id}-error`, help ? `${id}-help` : ""].join(" ").trim());
  return element("div", { class: "field" },
    element("label", { class: "field-label", for: id }, labelOf({ schema, ...options }), optional(required)),
    shown,
    element("p", { class: "field-error", id: `${id}-error`, hidden: true }),
    help ? element("p", { class: "field-help", id: `${id}-help` }, help) : "");
}

export function group({ required, schema, ...options }, ...inside) {
  const help = [schema.description, limits(schema)].filter(Boolean).join(" · ");
  return element("fieldset", { class: "playground-group" },
    element("legend", { class: "field-label" }, labelOf({ schema, ...options }), optional(required)),
    help ? element("p", { class: "field-help" }, help) : "", ...inside);
}

const LONG = 200;

function text(options) {
  const { schema, required, ways, label } = options;
  if (ways?.suggest) return line(options, "text", (control) => suggesting(control, (typed) => ways.suggest(label, typed)));
  if (ways?.checked && !(schema.maxLength > LONG)) return line(options, TYPES[schema.format] ?? "text");
  const control = element("textarea", { class: "textarea playground-text", rows: "1", spellcheck: "false", autocomplete: "off", maxlength: ways?.checked ? undefined : schema.maxLength });
  return {
    control, element: labelled(control, options),
    read: () => (control.value === "" && !required ? NOTHING : control.value),
    write: (value) => { control.value = written(value); },
  };
}

const TYPES = { email: "email", uri: "url", date: "date", "date-time": "datetime-local" };
const MISTYPED = { email: "is an e-mail address, such as ada@example.com.", url: "is a URL, such as https://example.com/." };

function line(options, type, around = (control) => control) {
  const control = element("input", { class: "input playground-line", type, autocomplete: "off", spellcheck: "false" });
  const isTime = type === "datetime-local";
  const read = () => {
    if (control.value === "" && !options.required && !control.validity.badInput) return NOTHING;
    if (control.validity.typeMismatch && type in MISTYPED) throw new Unfinished(`${labelOf(options)} ${MISTYPED[type]}`, control);
    if (control.validity.badInput) throw new Unfinished(`${labelOf(options)} is not complete.`, control);
    return isTime && control.value ? new Date(control.value).toISOString() : control.value;
  };
  const write = (value) => { control.value = isTime ? localTime(value) : written(value); };
  return { control, element: labelled(control, options, around(control)), read, write };
}

function localTime(value) {
  const time = new Date(written(value));
  if (Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function secret(options) {
  const control = element("input", { class: "input", type: "password", autocomplete: "off" });
  return {
    control, element: labelled(control, options),
    read: () => (control.value === "" && !options.required ? NOTHING : control.value),
    write: (value) => { control.value = written(value); },
  };
}

function number(options) {
  const { schema, required } = options, label = labelOf(options), whole = schema.type === "integer";
  const control = element("input", { class: "input playground-number", type: "text", inputmode: whole ? "numeric" : "decimal", autocomplete: "off" });
  const read = () => {
    const given = control.value.trim();
    if (given === "" && !required) return NOTHING;
    if (!/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(given)) throw new Unfinished(`${label} is a ${whole ? "whole " : ""}number.`, control);
    const value = Number(given);
    if (whole && !Number.isSafeInteger(value)) throw new Unfinished(`${label} is a whole number.`, control);
    return value;
  };
  return { control, element: labelled(control, options), read, write: (value) => { control.value = written(value); } };
}

// A choice among values of any kind; the options carry their place, not the value.
function choice(options, { values, names } = optionsOf(options.schema)) {
  const { required } = options;
  const control = element("select", { class: "select" }, required ? "" : element("option", { value: "" }, "left out"),
    ...names.map((name, place) => element("option", { value: String(place) }, name)));
  return {
    control, element: labelled(control, options),
    read: () => (control.value === "" ? NOTHING : values[Number(control.value)]),
    write: (value) => {
      const place = value === NOTHING ? -1 : values.findIndex((each) => JSON.stringify(each) === JSON.stringify(value));
      control.value = place >= 0 ? String(place) : required ? "0" : "";
    },
  };
}

const BOOLEAN = { true: { values: [false, true], names: ["no", "yes"] }, false: { values: [true, false], names: ["yes", "no"] } };
const boolean = (options) => choice(options, BOOLEAN[options.required === true]);

// Several of a few values, each a box to tick.
function several(options) {
  const { values, names } = optionsOf(options.schema.items), first = newId();
  const boxes = names.map((_, place) => element("input", { type: "checkbox", class: "checkbox", id: place ? undefined : first }));
  const shown = names.map((name, place) => element("label", { class: "check" }, boxes[place], element("span", {}, name)));
  return {
    control: boxes[0],
    element: group(options, element("div", { class: "options" }, ...shown), element("p", { class: "field-error", id: `${first}-error`, hidden: true })),
    read: () => {
      const chosen = values.filter((_, place) => boxes[place].checked);
      return chosen.length || options.required ? chosen : NOTHING;
    },
    write: (value) => boxes.forEach((box, place) => { box.checked = Array.isArray(value) && value.includes(values[place]); }),
  };
}

function fixed(options) {
  const value = options.schema.const;
  const control = element("input", { class: "input", type: "text", readonly: true, value: typeof value === "string" ? value : JSON.stringify(value) });
  return { control, element: labelled(control, options), read: () => value, write: () => {} };
}

export function json(options) {
  const control = element("textarea", { class: "textarea playground-text mono", rows: "2", spellcheck: "false" });
  const read = () => {
    if (control.value.trim() === "") {
      if (options.required) throw new Unfinished(`${options.label} is needed, as JSON.`, control);
      return NOTHING;
    }
    try { return JSON.parse(control.value); } catch (error) { throw new Unfinished(`This is no JSON yet: ${error.message}`, control); }
  };
  const note = ["as JSON", limits(options.schema)].filter(Boolean).join(", ");
  return { control, element: labelled(control, { ...options, note }), read, write: (value) => { control.value = value === NOTHING ? "" : pretty(value); } };
}

export const SINGLE = { text, secret, number, choice, boolean, several, fixed, json };
