// A tool's result as a person reads it: structured data as a table or a tree, text as text, the rest by its kind.
import { shownBlock, shownContents } from "./contents.js";
import { element, pretty } from "./elements.js";

const ROWS = 200, OPEN_DEPTH = 2;

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isFlat = (value) => isObject(value) && Object.values(value).every((each) => typeof each !== "object" || each === null);

function scalar(value) {
  const kind = value === null ? "null" : typeof value;
  return element("span", { class: `value value-${kind}` }, kind === "string" ? value : String(value));
}

function table(rows) {
  const columns = [...new Set(rows.slice(0, ROWS).flatMap(Object.keys))];
  const cell = (row, column) => {
    const value = row[column];
    return element("td", { class: typeof value === "number" ? "number" : undefined }, column in row ? scalar(value) : "");
  };
  return element("div", { class: "table-scroll", role: "region", "aria-label": "Rows", tabindex: "0" },
    element("table", { class: "table" },
      element("thead", {}, element("tr", {}, ...columns.map((column) => element("th", {}, column)))),
      element("tbody", {}, ...rows.slice(0, ROWS).map((row) => element("tr", {}, ...columns.map((column) => cell(row, column)))))),
    more(rows.length));
}

const more = (length) => (length > ROWS ? element("p", { class: "muted" }, `and ${length - ROWS} more: see Wire`) : "");

export function tree(value, depth = 0) {
  if (typeof value !== "object" || value === null) return scalar(value);
  const isList = Array.isArray(value), entries = Object.entries(value);
  if (!entries.length) return element("span", { class: "faint" }, isList ? "empty list" : "empty object");
  if (isList && value.length > 1 && value.every(isFlat)) return table(value);
  if (isList && value.every((each) => typeof each !== "object" || each === null)) return flatList(value);
  const shown = entries.slice(0, ROWS).map(([name, each]) => branch(name, each, depth));
  return element("dl", { class: "tree" }, ...shown.flat(), more(entries.length));
}

function flatList(value) {
  return element("ol", { class: "value-list", start: "0" }, ...value.slice(0, ROWS).map((each) => element("li", {}, scalar(each))), more(value.length));
}

function branch(name, value, depth) {
  const label = element("dt", {}, name);
  if (typeof value !== "object" || value === null || !Object.keys(value).length) return [label, element("dd", {}, tree(value, depth))];
  const count = Object.keys(value).length;
  const summary = element("summary", {}, Array.isArray(value) ? `${count} item${count === 1 ? "" : "s"}` : `${count} field${count === 1 ? "" : "s"}`);
  const open = depth < OPEN_DEPTH && count <= 50;
  return [label, element("dd", {}, element("details", { open }, summary, tree(value, depth + 1)))];
}

function sameAsText(structured, content) {
  if (content.length !== 1 || content[0].type !== "text") return false;
  try { return pretty(JSON.parse(content[0].text)) === pretty(structured); } catch { return false; }
}

// The result of tools/call, resources/read or prompts/get.
export function shownResult(result) {
  if (Array.isArray(result.contents)) return orNothing(result.contents.map(shownContents), "The resource is empty.");
  if (Array.isArray(result.messages)) return shownPrompt(result);
  const content = result.content ?? [], structured = result.structuredContent, parts = [];
  if (structured !== undefined) parts.push(element("div", { class: "result-structured" }, tree(structured)));
  if (structured === undefined || !sameAsText(structured, content)) parts.push(...content.map(shownBlock));
  return orNothing(parts, "The tool answered with nothing.");
}

const orNothing = (parts, words) => (parts.length ? parts : [element("p", { class: "muted" }, words)]);

function shownPrompt({ description, messages }) {
  const shown = messages.map(({ role, content }) => element("div", { class: "playground-message" },
    element("span", { class: "tag tag-mute" }, role), element("div", { class: "playground-blocks" }, shownBlock(content))));
  return orNothing([description ? element("p", { class: "muted" }, description) : "", element("div", { class: "playground-messages" }, ...shown)], "The prompt has no messages.");
}

export function shownError(error) {
  return [element("p", {}, error.message ?? "The request was refused."), error.data === undefined ? "" : element("div", { class: "result-structured" }, tree(error.data))];
}
