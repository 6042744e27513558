// The playground: choose a tool, fill it in, call it through the endpoint, look at what comes back.
import { ArgumentEditor } from "./argument_editor.js";
import { curl } from "./curl.js";
import { byId, duration, element, tag } from "./elements.js";
import { Endpoint, Refused } from "./endpoint.js";
import { Outcome } from "./outcome.js";

const KEPT = 30;

const setting = JSON.parse(byId("setting").textContent);
const endpoint = new Endpoint({ url: setting.url, keyUrl: setting.key_url, csrfToken: document.querySelector('meta[name="csrf-token"]').content });
const editor = new ArgumentEditor(byId("fields"), { asForm: byId("as-form"), asJson: byId("as-json") });
const outcome = new Outcome();
const history_ = [];
let tools = [], chosen, running;

const pathOf = (name) => `${setting.base}${encodeURIComponent(name)}/`;
const nameIn = (path) => decodeURIComponent(path.slice(setting.base.length).split("/")[0]);

function trouble(title, text) {
  byId("trouble").replaceChildren(element("div", { class: "notice notice-bad" }, element("div", {}, element("b", {}, title), element("div", {}, text))));
}

async function load() {
  try {
    const wire = await endpoint.send(endpoint.request("tools/list"));
    if (wire.answer.error) throw new Refused(wire.answer.error.message);
    tools = wire.answer.result.tools;
  } catch (error) {
    byId("tools").replaceChildren(element("p", { class: "playground-none muted" }, "The tools could not be listed."));
    trouble("The endpoint could not be asked.", error instanceof Refused ? error.message : "It does not answer. Try again in a moment.");
    return;
  } finally {
    byId("tools").removeAttribute("aria-busy");
  }
  list();
  const wanted = setting.tool || tools[0]?.name;
  if (wanted) open(wanted);
}

function list() {
  const words = byId("find").value.trim().toLowerCase();
  const found = tools.filter((tool) => [tool.name, tool.title, tool.description].join(" ").toLowerCase().includes(words));
  if (!tools.length) {
    byId("find").disabled = true;
    byId("tools").replaceChildren(element("p", { class: "playground-none muted" }, "None that you may call."));
    byId("trouble").replaceChildren(element("section", { class: "card" }, element("div", { class: "empty" },
      element("h3", {}, "Nothing on this server is granted to you"), element("p", {}, "An owner or admin can grant tools under Permissions, or add the first ones."))));
  } else if (!found.length) {
    byId("tools").replaceChildren(element("p", { class: "playground-none muted" }, "No tool has that in its name or description."));
  } else {
    byId("tools").replaceChildren(element("ul", { class: "playground-list" }, ...found.map(line)));
  }
}

function line(tool) {
  const link = element("a", { href: pathOf(tool.name), "aria-current": tool === chosen ? "true" : false }, element("code", {}, tool.name),
    tool.title && tool.title !== tool.name ? element("small", {}, tool.title) : "");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (tool !== chosen) history.pushState(null, "", link.href);
    open(tool.name);
  });
  return element("li", {}, link);
}

const HINTS = { readOnlyHint: ["ok", "read-only"], destructiveHint: ["bad", "destructive"], idempotentHint: ["mute", "repeatable"], openWorldHint: ["info", "reaches out"] };

function open(name, values) {
  const tool = tools.find((each) => each.name === name);
  if (!tool) {
    byId("tool").hidden = true;
    trouble(`There is no tool ${name} that you may call here.`, "Choose one from the list. An owner or admin can grant more under Permissions.");
    return;
  }
  byId("trouble").replaceChildren();
  if (tool !== chosen && !running) byId("outcome").hidden = true;
  chosen = tool;
  const hints = Object.entries(HINTS).filter(([hint]) => tool.annotations?.[hint] === true).map(([, [kind, word]]) => tag(kind, word));
  byId("tool-head").replaceChildren(
    element("h2", { class: "playground-name" }, element("code", {}, tool.name), ...hints),
    tool.description ? element("p", { class: "muted playground-about" }, tool.description) : "");
  editor.open(tool.inputSchema, values);
  byId("tool").hidden = false;
  list();
}

async function call() {
  if (running || !chosen) return;
  const values = editor.read();
  if (values === undefined) return;
  const tool = chosen, request = endpoint.request("tools/call", { name: tool.name, arguments: values }, { schema: tool.inputSchema, progress: true });
  running = new AbortController();
  busy(true);
  outcome.begin(request);
  const began = performance.now();
  let came;
  try {
    const heard = (message) => { if (message.method) outcome.heard(message); };
    came = outcome.ended(await endpoint.send(request, { signal: running.signal, heard }));
  } catch (error) {
    if (error.name === "AbortError") came = outcome.stopped("mute", "cancelled", "You cancelled the call: its stream was closed, and the tool was told to stop.");
    else came = outcome.stopped("bad", "no answer", error instanceof Refused ? error.message : "The connection broke before the answer came.");
  } finally {
    running = undefined;
    busy(false);
  }
  keep({ tool: tool.name, values, came, took: performance.now() - began });
}

function busy(is) {
  byId("run").disabled = is;
  byId("cancel").hidden = !is;
  if (!is) return;
  byId("cancel").focus();
}

function keep(past) {
  history_.unshift(past);
  history_.length = Math.min(history_.length, KEPT);
  byId("history").hidden = false;
  byId("history-list").replaceChildren(...history_.map((each) => element("li", {}, element("button", { type: "button", onclick: () => {
    history.pushState(null, "", pathOf(each.tool));
    open(each.tool, each.values);
  } }, element("span", {}, element("code", {}, each.tool), tag(each.came.kind, each.came.word)), element("small", {}, `${duration(each.took)} · ${JSON.stringify(each.values).slice(0, 80)}`)))));
}

byId("find").addEventListener("input", list);
byId("call").addEventListener("submit", (event) => { event.preventDefault(); call(); });
byId("cancel").addEventListener("click", () => running?.abort());
byId("curl").addEventListener("click", (event) => {
  const values = editor.read();
  if (values === undefined) { event.stopPropagation(); return; }
  const request = endpoint.request("tools/call", { name: chosen.name, arguments: values }, { schema: chosen.inputSchema });
  byId("curl").dataset.copy = curl(request);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); call(); }
});
addEventListener("popstate", () => { const name = nameIn(location.pathname) || tools[0]?.name; if (name) open(name); });
load();
