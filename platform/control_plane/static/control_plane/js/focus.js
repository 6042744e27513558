// data-focus takes the focus as it arrives: the summary of a form's errors, the title of a drawer.
import { onArrival } from "./arriving.js";

onArrival("[data-focus]", (element) => element.focus({ preventScroll: element.closest("[data-drawer]") !== null }));
