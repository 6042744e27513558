// data-theme-choice="auto|light|dark": kept in a cookie, so that the server renders it and nothing flashes.
import { onClick } from "./arriving.js";

const YEAR = 31536000;
const chosen = () => document.documentElement.dataset.theme ?? "auto";

function mark() {
  document.querySelectorAll("[data-theme-choice]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
  });
}

onClick("[data-theme-choice]", (button) => {
  const choice = button.dataset.themeChoice;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${choice}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  mark();
});

mark();
