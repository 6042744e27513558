// The playground: choose a thing, fill it in, ask for it through the endpoint, look at what comes back.
import { Access, Refused } from "./access.js";
import { ArgumentEditor } from "./argument_editor.js";
import { Browse } from "./browse.js";
import { ClientChoice } from "./client.js";
import { completing } from "./completing.js";
import { curl } from "./curl.js";
import { byId, element } from "./elements.js";
import { shownHead } from "./heads.js";
import { listed, unlisted } from "./listing.js";
import { Outcome } from "./outcome.js";
import { Past } from "./past.js";
import { Questions } from "./questions.js";
import { VERBS, requestOf } from "./requests.js";
import { Run } from "./run.js";
import { WireView } from "./wire.js";
import { WireLog } from "./wire_log.js";

const setting = JSON.parse(byId("setting").textContent);
const access = new Access({ url: setting.url, keyUrl: setting.key_url, csrfToken: document.querySelector('meta[name="csrf-token"]').content });
const log = new WireLog();
log.view = new WireView(byId("wire"));
const editor = new ArgumentEditor(byId("fields"), { asForm: byId("as-form"), asJson: byId("as-json") });
const outcome = new Outcome({ jobs: setting.jobs_url });
const questions = new Questions(byId("questions"), setting.server);
const past = new Past((thing, values) => go(thing, values));
const browse = new Browse({ base: setting.base, opened: (thing) => go(thing) });
const choice = new ClientChoice({ access, log, began: load, asks, told });
let offered = {}, chosen, running, changed, wantsTask = false;

function trouble(title, text) {
  byId("trouble").replaceChildren(element("div", { class: "notice notice-bad" }, element("div", {}, element("b", {}, title), element("div", {}, text))));
}

async function load() {
  const { client } = choice;
  byId("tools").setAttribute("aria-busy", "true");
  try {
    const things = await listed(client);
    if (client !== choice.client) return;
    offered = things.offered;
    browse.fill(things);
    arrive();
  } catch (error) {
    if (client !== choice.client) return;
    byId("tools").replaceChildren(element("p", { class: "playground-none muted" }, "What there is could not be listed."));
    trouble("The endpoint could not be asked.", error instanceof Refused ? error.message : "It does not answer. Try again in a moment.");
  } finally {
    byId("tools").removeAttribute("aria-busy");
  }
}

// Open what the URL speaks of, else the first there is.
function arrive() {
  const wanted = browse.wanted(), found = wanted ? browse.all.find(({ kind, name }) => kind === wanted.kind && name === wanted.name) : browse.all[0];
  if (found) open(found);
  else if (wanted?.kind === "resource") open(unlisted(wanted.name));
  else if (wanted) {
    byId("tool").hidden = true;
    trouble(`There is no ${wanted.kind} ${wanted.name} that you may use here.`, "Choose one from the list. An owner or admin can grant more under Permissions.");
  } else {
    byId("trouble").replaceChildren(element("section", { class: "card" }, element("div", { class: "empty" },
      element("h3", {}, "Nothing on this server is granted to you"), element("p", {}, "An owner or admin can grant tools under Permissions, or add the first ones."))));
  }
}

function go(thing, values) {
  if (thing !== chosen) history.pushState(null, "", browse.pathOf(thing));
  open(thing, values);
}

function open(thing, values) {
  byId("trouble").replaceChildren();
  const isSame = chosen?.kind === thing.kind && chosen.name === thing.name;
  if (!isSame && !running) byId("outcome").hidden = true;
  // Listed anew, it stays as it is filled in.
  const isKept = isSame && values === undefined && JSON.stringify(chosen.schema) === JSON.stringify(thing.schema);
  chosen = thing;
  byId("tool-head").replaceChildren(...shownHead(thing));
  byId("run").textContent = VERBS[thing.kind];
  if (!isKept) editor.open(thing.schema, values, { none: NONE[thing.kind], ways: completing(thing, () => choice.client, () => offered, () => editor.peek()) });
  byId("tool").hidden = false;
  offerTasks(thing);
  browse.choose(thing);
}

const NONE = { tool: "This tool takes no arguments.", resource: "There is nothing to fill in.", prompt: "This prompt takes no arguments." };

function offerTasks(thing) {
  const offers = thing.kind === "tool" && choice.client.offersTasks(thing.said, offered);
  byId("task-choice").hidden = !offers;
  byId("as-task").checked = wantsTask || thing.said.execution?.taskSupport === "required";
}

async function call() {
  if (running || !chosen) return;
  const values = editor.read();
  if (values === undefined) return;
  const thing = chosen, { client } = choice, [method, params] = requestOf(thing, values);
  const asTask = !byId("task-choice").hidden && byId("as-task").checked;
  running = new Run({ client, outcome, questions });
  busy(true);
  log.begin();
  const began = performance.now();
  const came = await running.perform(method, params, { schema: thing.kind === "tool" ? thing.schema : undefined, asTask });
  log.pause();
  running = undefined;
  busy(false);
  past.keep({ thing, values, came, took: performance.now() - began, version: client.version });
}

function busy(is) {
  for (const id of ["run", "revision", "answers", "as-task"]) byId(id).disabled = is;
  byId("cancel").hidden = !is;
  if (is) byId("cancel").focus();
  else if (document.activeElement === document.body) byId("run").focus();
}

// What a server asks in a session, during a call or outside of any.
function asks(request, signal) {
  if (running) return running.answer(request, signal);
  return questions.ask({ request }, signal).then((answers) => answers?.request);
}

function told({ method }) {
  if (!/^notifications\/(tools|resources|prompts)\/list_changed$/.test(method ?? "")) return;
  clearTimeout(changed);
  changed = setTimeout(load, 300);
}

byId("call").addEventListener("submit", (event) => { event.preventDefault(); call(); });
byId("as-task").addEventListener("change", () => { wantsTask = byId("as-task").checked; });
byId("cancel").addEventListener("click", () => running?.cancel());
byId("curl").addEventListener("click", (event) => {
  const values = editor.read();
  if (values === undefined) { event.stopPropagation(); return; }
  byId("curl").dataset.copy = curl(choice.bare(...requestOf(chosen, values), chosen.kind === "tool" ? chosen.schema : undefined));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (event.target.closest("#questions")) event.target.form?.requestSubmit();
  else call();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-resource]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(browse.all.find(({ kind, name }) => kind === "resource" && name === link.dataset.resource) ?? unlisted(link.dataset.resource));
  byId("run").focus();
});
addEventListener("popstate", arrive);
load();
