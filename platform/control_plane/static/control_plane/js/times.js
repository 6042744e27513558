// <time data-relative-time>: in words, kept fresh; the exact time in the reader's zone on hover. With the value `clock`,
// the time of day, and the date with it when that is another day. The server says the same in UTC (templatetags/moments.py).
import { onArrival } from "./arriving.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const UNITS = [[DAY, "day"], [HOUR, "hour"], [MINUTE, "minute"]];
const EXACT = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const DATE = { day: "numeric", month: "short" };
const written = (there, form) => new Intl.DateTimeFormat("en-GB", form).format(there);

export function relative(there, now) {
  const seconds = (now - there) / 1000, distance = Math.abs(seconds);
  if (distance < 45) return "just now";
  if (distance >= 7 * DAY) return written(there, there.getFullYear() === now.getFullYear() ? DATE : { ...DATE, year: "numeric" });
  const [size, name] = UNITS.find(([unit]) => Math.round(distance / unit) >= 1) ?? UNITS.at(-1);
  const number = Math.max(1, Math.round(distance / size));
  const words = `${number} ${name}${number === 1 ? "" : "s"}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

function clock(there, now) {
  const time = written(there, CLOCK);
  return there.toDateString() === now.toDateString() ? time : `${written(there, DATE)}, ${time}`;
}

function write(element) {
  const there = new Date(element.dateTime), now = new Date();
  const text = element.dataset.relativeTime === "clock" ? clock(there, now) : relative(there, now);
  if (element.textContent !== text) element.textContent = text;
  element.title = written(there, EXACT);
}

onArrival("time[data-relative-time]", write);
setInterval(() => {
  if (!document.hidden) document.querySelectorAll("time[data-relative-time]").forEach(write);
}, 20000);
