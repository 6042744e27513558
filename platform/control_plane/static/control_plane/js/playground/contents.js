// Blocks of content: text, images, sounds, embedded resources, links. Nothing of them becomes markup.
import { code, element, pretty, size } from "./elements.js";

const SHOWABLE = /^image\/(png|jpeg|gif|webp|avif)$/;
const PLAYABLE = /^audio\/(wav|x-wav|mpeg|ogg|webm|mp4|aac|flac)$/;
const bytesOf = (base64) => Math.floor((base64?.length ?? 0) * 0.75);

function saving({ mimeType = "application/octet-stream", data = "" }) {
  const href = `data:application/octet-stream;base64,${data}`;
  return element("p", {}, `${mimeType}, ${size(bytesOf(data))} `, element("a", { class: "link", href, download: "result" }, "Save it"));
}

function media({ mimeType = "", data = "" }) {
  const source = `data:${mimeType};base64,${data}`;
  if (SHOWABLE.test(mimeType)) return element("img", { src: source, alt: "An image that the server gave", class: "result-image" });
  if (PLAYABLE.test(mimeType)) return element("div", {}, element("audio", { src: source, controls: true, class: "result-audio", "aria-label": "A sound that the server gave" }), saving({ mimeType, data }));
  return saving({ mimeType, data });
}

// A URI of this server's, to be read here.
const readable = (uri) => element("a", { class: "link", href: `?resource=${encodeURIComponent(uri)}`, "data-resource": uri }, "Read it");

export function shownContents({ uri, mimeType, text, blob }) {
  const head = element("p", {}, element("code", { class: "playground-url" }, uri ?? ""), mimeType ? element("span", { class: "muted" }, ` ${mimeType}`) : "");
  return element("div", { class: "playground-blocks" }, head, text === undefined ? media({ mimeType, data: blob }) : code(laidOut(text, mimeType)));
}

function laidOut(text, mimeType = "") {
  if (!/[/+]json$/.test(mimeType)) return text;
  try { return pretty(JSON.parse(text)); } catch { return text; }
}

const KINDS = {
  text: (block) => code(block.text),
  image: media,
  audio: media,
  resource: (block) => shownContents(block.resource ?? {}),
  resource_link: (block) => element("div", { class: "playground-link" }, element("b", {}, block.title ?? block.name ?? ""), " ",
    element("code", { class: "playground-url" }, block.uri ?? ""), " ", block.uri ? readable(block.uri) : "",
    block.description ? element("p", { class: "muted" }, block.description) : ""),
};

export const shownBlock = (block) => (KINDS[block?.type] ?? ((unknown) => code(pretty(unknown))))(block);
