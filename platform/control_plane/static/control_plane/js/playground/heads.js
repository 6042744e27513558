// What is said above the form of a thing: its name, what it is, what its author says of it.
import { element, size, tag } from "./elements.js";

const HINTS = { readOnlyHint: ["ok", "read-only"], destructiveHint: ["bad", "destructive"], idempotentHint: ["mute", "repeatable"], openWorldHint: ["info", "reaches out"] };

function marks({ kind, said }) {
  const facts = [said.mimeType, said.size === undefined ? undefined : size(said.size)].filter(Boolean);
  if (kind === "tool") return Object.entries(HINTS).filter(([hint]) => said.annotations?.[hint] === true).map(([, [shade, word]]) => tag(shade, word));
  return [...(kind === "template" ? [tag("info", "template")] : []), ...facts.map((fact) => tag("mute", fact))];
}

export function shownHead(thing) {
  const title = thing.kind !== "tool" && thing.title && thing.title !== thing.name ? element("p", { class: "playground-title" }, thing.title) : "";
  return [
    element("h2", { class: "playground-name" }, element("code", {}, thing.name), ...marks(thing)), title,
    thing.description ? element("p", { class: "muted playground-about" }, thing.description) : ""];
}
