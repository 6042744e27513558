// data-live="URL": one EventSource for the page. An event `calls` becomes `live:calls` on the body, for
// hx-trigger="live:calls from:body". While the stream can't be kept, everything is asked again every five seconds; in a
// hidden tab nothing is, and all of it once when it is seen again.

const POLL = 5000, RETRY = 20000, AT_MOST_EVERY = 300;

const waiting = new Map();
let source, poll, retry, listened;

function names() {
  const triggers = [...document.querySelectorAll('[hx-trigger*="live:"]')].map((each) => each.getAttribute("hx-trigger"));
  return new Set(triggers.flatMap((trigger) => [...trigger.matchAll(/live:([\w-]+)/g)].map((found) => found[1])));
}

// Many events within a moment are one refresh, so that a burst does not become a storm of requests.
function announce(name, data) {
  if (waiting.has(name)) { waiting.set(name, { data, again: true }); return; }
  waiting.set(name, { again: false });
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: { data } }));
  setTimeout(() => {
    const { again, data: latest } = waiting.get(name);
    waiting.delete(name);
    if (again) announce(name, latest);
  }, AT_MOST_EVERY);
}

const announceAll = () => names().forEach((name) => announce(name));

function listen() {
  for (const name of names()) {
    if (listened.has(name)) continue;
    listened.add(name);
    source.addEventListener(name, (event) => announce(name, event.data));
  }
}

function stop() {
  source?.close();
  source = undefined;
  clearInterval(poll);
  clearTimeout(retry);
  poll = retry = undefined;
}

function start(url) {
  stop();
  listened = new Set();
  source = new EventSource(url);
  listen();
  source.addEventListener("open", () => { clearInterval(poll); poll = undefined; });
  source.addEventListener("error", () => {
    poll ??= setInterval(announceAll, POLL);
    if (source.readyState === EventSource.CLOSED) retry ??= setTimeout(() => start(url), RETRY);
  });
}

const holder = document.querySelector("[data-live]");
if (holder) {
  const url = holder.dataset.live;
  document.addEventListener("htmx:load", () => { if (source) listen(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stop(); return; }
    start(url);
    announceAll();
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) start(url); });
  if (!document.hidden) start(url);
}
