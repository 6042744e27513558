// The cookie is HttpOnly, so the page says the token in a <meta>; requests of htmx carry it.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
