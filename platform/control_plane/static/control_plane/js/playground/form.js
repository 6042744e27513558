// A form from a JSON Schema, of the fields in fields.js.
import { faultOf } from "./checking.js";
import { element } from "./elements.js";
import { NOTHING, SINGLE, Unfinished, group, json, labelOf } from "./fields.js";
import { kindOf, simplified } from "./schema.js";

export { NOTHING, Unfinished, complain, forgive } from "./fields.js";

function list({ schema, label, required, root, depth, ways }) {
  const rows = [], holder = element("div", { class: "playground-rows" });
  const add = (value) => {
    const item = field({ schema: schema.items, label: `${label} ${rows.length + 1}`, required: true, root, depth: depth + 1, ways });
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
    element: group({ label, required, schema, ways }, holder, more),
    read: () => (rows.length || required ? rows.map((row) => row.read()) : NOTHING),
    write: (value) => {
      rows.length = 0;
      holder.replaceChildren();
      if (Array.isArray(value)) value.forEach((each) => add(each));
    },
  };
}

// What the form has no field for is kept as it was written in JSON.
function object({ schema, label, required, root, depth, ways }) {
  const needed = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties).sort((one, other) => needed.has(other) - needed.has(one));
  const inside = names.map((name) => field({ schema: schema.properties[name], label: name, required: needed.has(name), root, depth: depth + 1, ways }));
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
  return { element: depth ? group({ label, required, schema, ways }, ...shown) : element("div", { class: "playground-fields" }, ...shown), read, write };
}

const MAKERS = { ...SINGLE, list, object };

function field(options) {
  const schema = simplified(options.schema, options.root), own = { ...options, schema };
  const made = MAKERS[kindOf(schema, options.depth, options.ways)](own);
  if (schema.default !== undefined && schema.default !== null) made.write(schema.default);
  return options.ways?.checked ? { ...made, read: () => checked(made, own) } : made;
}

function checked(made, { schema, required, ...options }) {
  const value = made.read(), fault = value === NOTHING ? undefined : faultOf(value, schema, required);
  if (fault) throw new Unfinished(`${labelOf({ schema, ...options })} ${fault}`, made.control);
  return value;
}

// The form of an object. `none` is said where there is nothing to fill in.
export function formOf(schema, { none = "This tool takes no arguments.", ways } = {}) {
  const root = schema ?? {};
  if (!Object.keys(root.properties ?? {}).length) {
    const isOpen = root.additionalProperties !== false && root.additionalProperties !== undefined;
    if (isOpen || !root.type) return json({ schema: {}, label: "Arguments", required: false, root, depth: 1 });
    let kept = {};
    return { element: element("p", { class: "muted" }, none), read: () => kept, write: (value) => { kept = value === NOTHING ? {} : value; } };
  }
  return object({ schema: simplified(root, root), label: "", required: true, root, depth: 0, ways });
}
