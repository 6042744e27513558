// A tool's result as a person reads it: structured data as a table or a tree, text as text, the rest by its kind.
import { code, element, pretty, size } from "./elements.js";

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

const bytesOf = (base64) => Math.floor((base64?.length ?? 0) * 0.75);
const SHOWABLE = /^image\/(png|jpeg|gif|webp|avif)$/;

const KINDS = {
  text: (block) => code(block.text),
  image: (block) => (SHOWABLE.test(block.mimeType)
    ? element("img", { src: `data:${block.mimeType};base64,${block.data}`, alt: "An image that the tool made", class: "result-image" })
    : saving(block)),
  audio: (block) => saving(block),
  resource: (block) => element("div", {}, element("p", {}, element("code", {}, block.resource?.uri ?? "")),
    block.resource?.text !== undefined ? code(block.resource.text) : saving({ mimeType: block.resource?.mimeType, data: block.resource?.blob })),
  resource_link: (block) => element("p", {}, element("b", {}, block.title ?? block.name ?? ""), " ", element("code", {}, block.uri ?? "")),
};

function saving({ mimeType = "application/octet-stream", data = "" }) {
  const href = `data:application/octet-stream;base64,${data}`;
  return element("p", {}, `${mimeType}, ${size(bytesOf(data))} `, element("a", { class: "link", href, download: "result" }, "Save it"));
}

function sameAsText(structured, content) {
  if (content.length !== 1 || content[0].type !== "text") return false;
  try { return pretty(JSON.parse(content[0].text)) === pretty(structured); } catch { return false; }
}

export function shownResult(result) {
  const content = result.content ?? [], structured = result.structuredContent, parts = [];
  if (structured !== undefined) parts.push(element("div", { class: "result-structured" }, tree(structured)));
  if (structured === undefined || !sameAsText(structured, content)) {
    parts.push(...content.map((block) => (KINDS[block.type] ?? ((unknown) => code(pretty(unknown))))(block)));
  }
  return parts.length ? parts : [element("p", { class: "muted" }, "The tool answered with nothing.")];
}

export function shownError(error) {
  return [element("p", {}, error.message ?? "The request was refused."), error.data === undefined ? "" : element("div", { class: "result-structured" }, tree(error.data))];
}
