// What is wrong with a value, by its schema, as words that follow the field's name; undefined where nothing is.

const length = (text) => [...text].length;
const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

const ofText = (value, { minLength, maxLength }, required) => {
  if (required && value === "") return "is needed.";
  if (minLength !== undefined && length(value) < minLength) return `has at least ${many(minLength, "character")}.`;
  if (maxLength !== undefined && length(value) > maxLength) return `has at most ${many(maxLength, "character")}.`;
  return undefined;
};

const ofNumber = (value, { minimum, maximum, exclusiveMinimum, exclusiveMaximum }) => {
  if (value < minimum) return `is at least ${minimum}.`;
  if (value > maximum) return `is at most ${maximum}.`;
  if (value <= exclusiveMinimum) return `is more than ${exclusiveMinimum}.`;
  if (value >= exclusiveMaximum) return `is less than ${exclusiveMaximum}.`;
  return undefined;
};

const ofList = (value, { minItems, maxItems }) => {
  if (value.length < minItems) return `needs at least ${minItems}.`;
  if (value.length > maxItems) return `takes at most ${maxItems}.`;
  return undefined;
};

export function faultOf(value, schema, required) {
  if (typeof value === "string") return ofText(value, schema, required);
  if (typeof value === "number") return ofNumber(value, schema);
  return Array.isArray(value) ? ofList(value, schema) : undefined;
}
