// The script layer: small modules, each for one data attribute or a few. Pages work without it, with more clicks.
import "./copy.js";
import "./csrf.js";
import "./dialogs.js";
import "./focus.js";
import "./forms.js";
import "./lists.js";
import "./live.js";
import "./menus.js";
import "./palette.js";
import "./rows.js";
import "./scroll.js";
import "./theme.js";
import "./times.js";
import "./toasts.js";
