// A form from a JSON Schema. Every field has `element`, `read()` and `write(value)`; NOTHING stands for "left out", and
// Unfinished is thrown where something can't be read yet.
import { byId, element, pretty } from "./elements.js";
import { kindOf, limits, simplified } from "./schema.js";

export const NOTHING = Symbol("left out");
let fields = 0;

export class Unfinished extends Error {
  constructor(message, control) {
    super(message);
    this.control = control;
  }
}

function labelled(control, { label, required, schema, note = limits(schema) }) {
  const id = (control.id ||= `field-${++fields}`);
  const help = [schema.description, note].filter(Boolean).join(" · ");
  if (help) control.setAttribute("aria-describedby", `${id}-help`);
  return element("div", { class: "field" },
    element("label", { class: "field-label", for: id }, label, required ? "" : element("small", {}, " optional")),
    control,
    element("p", { class: "field-error", id: `${id}-error`, hidden: true }),
    help ? element("p", { class: "field-help", id: `${id}-help` }, help) : "");
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

function text(options) {
  const { schema, required } = options;
  const control = element("textarea", { class: "textarea playground-text", rows: "1", spellcheck: "false", autocomplete: "off", maxlength: schema.maxLength });
  return {
    element: labelled(control, options),
    read: () => (control.value === "" && !required ? NOTHING : control.value),
    write: (value) => { control.value = value === NOTHING || value === null ? "" : String(value); },
  };
}

function secret(options) {
  const control = element("input", { class: "input", type: "password", autocomplete: "off" });
  return {
    element: labelled(control, options),
    read: () => (control.value === "" && !options.required ? NOTHING : control.value),
    write: (value) => { control.value = value === NOTHING || value === null ? "" : String(value); },
  };
}

function number(options) {
  const { schema, required, label } = options, whole = schema.type === "integer";
  const control = element("input", { class: "input playground-number", type: "text", inputmode: whole ? "numeric" : "decimal", autocomplete: "off" });
  const read = () => {
    const written = control.value.trim();
    if (written === "" && !required) return NOTHING;
    if (!/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(written)) throw new Unfinished(`${label} is a ${whole ? "whole " : ""}number.`, control);
    const value = Number(written);
    if (whole && !Number.isSafeInteger(value)) throw new Unfinished(`${label} is a whole number.`, control);
    return value;
  };
  return { element: labelled(control, options), read, write: (value) => { control.value = value === NOTHING || value === null ? "" : String(value); } };
}

// A choice among values of any kind; the options carry their place, not the value.
function choice(options, values = options.schema.enum, names = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)))) {
  const { required } = options;
  const control = element("select", { class: "select" }, required ? "" : element("option", { value: "" }, "left out"),
    ...names.map((name, place) => element("option", { value: String(place) }, name)));
  return {
    element: labelled(control, options),
    read: () => (control.value === "" ? NOTHING : values[Number(control.value)]),
    write: (value) => {
      const place = value === NOTHING ? -1 : values.findIndex((each) => JSON.stringify(each) === JSON.stringify(value));
      control.value = place >= 0 ? String(place) : required ? "0" : "";
    },
  };
}

const boolean = (options) => choice(options, options.required ? [false, true] : [true, false], options.required ? ["no", "yes"] : ["yes", "no"]);

function fixed(options) {
  const value = options.schema.const;
  const control = element("input", { class: "input", type: "text", readonly: true, value: typeof value === "string" ? value : JSON.stringify(value) });
  return { element: labelled(control, options), read: () => value, write: () => {} };
}

function json(options) {
  const control = element("textarea", { class: "textarea playground-text mono", rows: "2", spellcheck: "false" });
  const read = () => {
    if (control.value.trim() === "") {
      if (options.required) throw new Unfinished(`${options.label} is needed, as JSON.`, control);
      return NOTHING;
    }
    try { return JSON.parse(control.value); } catch (error) { throw new Unfinished(`This is no JSON yet: ${error.message}`, control); }
  };
  const note = ["as JSON", limits(options.schema)].filter(Boolean).join(", ");
  return { element: labelled(control, { ...options, note }), read, write: (value) => { control.value = value === NOTHING ? "" : pretty(value); } };
}

function list({ schema, label, required, root, depth }) {
  const rows = [], holder = element("div", { class: "playground-rows" });
  const add = (value) => {
    const item = field({ schema: schema.items, label: `${label} ${rows.length + 1}`, required: true, root, depth: depth + 1 });
    const remove = element("button", { type: "button", class: "btn btn-quiet btn-small", "aria-label": `Remove ${label} ${rows.length + 1}`, onclick: () => {
      rows.splice(rows.indexOf(item), 1);
      row.remove();
    } }, "Remove");
    const row = element("div", { class: "playground-row" }, item.element, remove);
    if (value !== undefined) item.write(value);
    rows.push(item);
    holder.append(row);
    return item;
  };
  const more = element("button", { type: "button", class: "btn btn-small", onclick: () => add().element.querySelector("input, textarea, select")?.focus() }, `Add to ${label}`);
  return {
    element: group({ label, required, schema }, holder, more),
    read: () => (rows.length || required ? rows.map((row) => row.read()) : NOTHING),
    write: (value) => {
      rows.length = 0;
      holder.replaceChildren();
      if (Array.isArray(value)) value.forEach((each) => add(each));
    },
  };
}

function group({ label, required, schema }, ...inside) {
  const help = [schema.description, limits(schema)].filter(Boolean).join(" · ");
  return element("fieldset", { class: "playground-group" },
    element("legend", { class: "field-label" }, label, required ? "" : element("small", {}, " optional")),
    help ? element("p", { class: "field-help" }, help) : "", ...inside);
}

// What the form has no field for is kept as it was written in JSON.
function object({ schema, label, required, root, depth }) {
  const needed = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties).sort((one, other) => needed.has(other) - needed.has(one));
  const inside = names.map((name) => field({ schema: schema.properties[name], label: name, required: needed.has(name), root, depth: depth + 1 }));
  let others = {};
  const read = () => {
    const pairs = inside.map((each, place) => {
      try { return [names[place], each.read()]; } catch (error) { return [names[place], NOTHING, error]; }
    });
    const given = pairs.filter(([, value]) => value !== NOTHING), unfinished = pairs.find(([, , error]) => error)?.[2];
    const untouched = given.every(([, value]) => value === "" || value === false);
    if (!required && untouched && !Object.keys(others).length) return NOTHING;
    if (unfinished) throw unfinished;
    return { ...others, ...Object.fromEntries(given) };
  };
  const write = (value) => {
    const known = typeof value === "object" && value !== null ? value : {};
    others = Object.fromEntries(Object.entries(known).filter(([name]) => !names.includes(name)));
    inside.forEach((each, place) => each.write(Object.hasOwn(known, names[place]) ? known[names[place]] : NOTHING));
  };
  const shown = inside.map((each) => each.element);
  return { element: depth ? group({ label, required, schema }, ...shown) : element("div", {}, ...shown), read, write };
}

const MAKERS = { text, secret, number, choice, boolean, fixed, json, list, object };

function field(options) {
  const schema = simplified(options.schema, options.root);
  const made = MAKERS[kindOf(schema, options.depth)]({ ...options, schema });
  if (schema.default !== undefined && schema.default !== null) made.write(schema.default);
  return made;
}

// The form of a tool's arguments: always an object.
export function formOf(schema) {
  const root = schema ?? {};
  if (!Object.keys(root.properties ?? {}).length) {
    const isOpen = root.additionalProperties !== false && root.additionalProperties !== undefined;
    if (isOpen || !root.type) return json({ schema: {}, label: "Arguments", required: false, root, depth: 1 });
    let kept = {};
    return { element: element("p", { class: "muted" }, "This tool takes no arguments."), read: () => kept, write: (value) => { kept = value === NOTHING ? {} : value; } };
  }
  return object({ schema: simplified(root, root), label: "", required: true, root, depth: 0 });
}
