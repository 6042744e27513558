// Builds what the dashboard serves from what npm brought: the style sheet, the icons' sprite, fonts, htmx.
// `node assets/build.js [FOLDER]`; the same input gives the same bytes.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const target = resolve(process.argv[2] ?? join(here, "../platform/control_plane/static/control_plane"));

function copy(from, to) {
  mkdirSync(dirname(join(target, to)), { recursive: true });
  copyFileSync(join(modules, from), join(target, to));
}

function styles() {
  const tailwind = join(modules, "@tailwindcss/cli/dist/index.mjs");
  const options = ["--input", join(here, "app.css"), "--output", join(target, "app.css"), "--minify"];
  execFileSync(process.execPath, [tailwind, ...options], { cwd: here, stdio: ["ignore", "ignore", "pipe"] });
}

function icons() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const file = join(modules, "lucide-static/icons", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`Lucide has no icon ${name}.`);
    const drawing = readFileSync(file, "utf8").replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  const head = "<!-- Lucide, https://lucide.dev, ISC: LICENSE in this folder. -->";
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${head}\n${symbols.join("\n")}\n</svg>\n`;
  mkdirSync(join(target, "icons"), { recursive: true });
  writeFileSync(join(target, "icons/lucide.svg"), sprite);
  copy("lucide-static/LICENSE", "icons/LICENSE");
}

function fonts() {
  for (const family of ["inter", "jetbrains-mono"]) {
    for (const subset of ["latin", "latin-ext"]) {
      const file = `@fontsource-variable/${family}/files/${family}-${subset}-wght-normal.woff2`;
      copy(file, `fonts/${family}/${family}-${subset}.woff2`);
    }
    copy(`@fontsource-variable/${family}/LICENSE`, `fonts/${family}/LICENSE`);
  }
}

mkdirSync(target, { recursive: true });
icons();
fonts();
copy("htmx.org/dist/htmx.min.js", "vendor/htmx/htmx.min.js");
copy("htmx.org/LICENSE", "vendor/htmx/LICENSE");
styles();
