// What a module does to elements as they arrive: once for the page, once for every part that htmx brings.

export function onArrival(selector, prepare) {
  const within = (root) => {
    if (root.matches?.(selector)) prepare(root);
    root.querySelectorAll(selector).forEach((element) => prepare(element));
  };
  within(document.documentElement);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) within(event.target);
  });
}

export function onClick(selector, act) {
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.(selector);
    if (element && !event.defaultPrevented) act(element, event);
  });
}
