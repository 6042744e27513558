// Reading a JSON Schema as far as a form can show it. What it can't show is left to a JSON field.

const DEPTH = 8;

function resolved(schema, root, depth = 0) {
  if (!schema || typeof schema !== "object") return {};
  const reference = schema.$ref;
  if (typeof reference !== "string" || depth > DEPTH) return schema;
  if (!reference.startsWith("#/")) return schema;
  const steps = reference.slice(2).split("/").map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
  const found = steps.reduce((place, step) => (Object.hasOwn(place ?? {}, step) ? place[step] : undefined), root);
  const { $ref: _, ...beside } = schema;
  return { ...resolved(found, root, depth + 1), ...beside };
}

// `X or null`, as optional arguments are often written, is X that may be left out.
function withoutNull(schema, root) {
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) {
    const rest = options.filter((option) => option?.type !== "null");
    if (rest.length === 1 && rest.length < options.length) {
      const { anyOf: _, oneOf: __, ...beside } = schema;
      return { ...resolved(rest[0], root), ...beside, nullable: true };
    }
  }
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== "null");
    if (types.length === 1) return { ...schema, type: types[0], nullable: types.length < schema.type.length };
  }
  return schema;
}

export function simplified(schema, root) {
  return withoutNull(resolved(schema, root), root);
}

// The values of a choice with what people read: an `enum`, or constants with titles. Undefined where it is no choice.
export function optionsOf(schema) {
  if (Array.isArray(schema?.enum) && schema.enum.length) {
    const names = schema.enum.map((value, place) => schema.enumNames?.[place] ?? (typeof value === "string" ? value : JSON.stringify(value)));
    return { values: schema.enum, names };
  }
  const constants = schema?.oneOf ?? schema?.anyOf;
  if (!Array.isArray(constants) || !constants.length || !constants.every((each) => each && typeof each === "object" && "const" in each)) return undefined;
  return { values: constants.map((each) => each.const), names: constants.map((each) => each.title ?? String(each.const)) };
}

// Which of the form's fields shows a (simplified) schema.
export function kindOf(schema, depth, ways) {
  if (depth > DEPTH) return "json";
  if (optionsOf(schema)) return "choice";
  if (ways?.checked && schema.type === "array" && optionsOf(schema.items)) return "several";
  if ("const" in schema) return "fixed";
  if (schema.type === "string") return isSecret(schema) ? "secret" : "text";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "boolean") return "boolean";
  if (schema.type === "array" && schema.items && typeof schema.items === "object") return "list";
  if (schema.type === "object" && Object.keys(schema.properties ?? {}).length) return "object";
  return "json";
}

export const isSecret = (schema) => schema.writeOnly === true || schema.format === "password";

const plain = (number) => (typeof number === "number" ? number.toLocaleString("en") : String(number));
const isBound = (number) => number !== undefined && Math.abs(number) < Number.MAX_SAFE_INTEGER;

// What a person should know before filling it in, in words. A bound that is only what computers can count to is none.
export function limits(schema) {
  const words = [];
  const { minimum, maximum } = schema;
  if (isBound(minimum) || isBound(maximum)) words.push(range(isBound(minimum) ? minimum : undefined, isBound(maximum) ? maximum : undefined));
  if (schema.exclusiveMinimum !== undefined) words.push(`more than ${plain(schema.exclusiveMinimum)}`);
  if (schema.exclusiveMaximum !== undefined) words.push(`less than ${plain(schema.exclusiveMaximum)}`);
  if (schema.minLength || schema.maxLength !== undefined) words.push(`${range(schema.minLength || undefined, schema.maxLength)} characters`);
  if (schema.minItems || schema.maxItems !== undefined) words.push(`${range(schema.minItems || undefined, schema.maxItems)} items`);
  if (schema.format && !isSecret(schema)) words.push(schema.format);
  return words.join(", ");
}

function range(low, high) {
  if (low === undefined) return `at most ${plain(high)}`;
  return high === undefined ? `at least ${plain(low)}` : `${plain(low)} to ${plain(high)}`;
}
