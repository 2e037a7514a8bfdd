// The drawings of the desk, beside those of the shell.

import { html } from "../../shell/ui.js";

/** @type {Record<string, string>} */
const PATHS = {
  done: "m5 12.5 4.5 4.5L19 7",
  quiet: "m5 12.5 4.5 4.5L19 7",
  stop: "M8.2 3h7.6L21 8.2v7.6L15.8 21H8.2L3 15.8V8.2zM12 7.5v5.5M12 16.3v.1",
  aside: "M6.5 3.5h11v17L12 16l-5.5 4.5z",
  ask: "M3.5 3.5h17v17h-17zM9.3 9.6c0-1.6 1.2-2.7 2.8-2.7s2.7 1 2.7 2.5c0 2-2.7 2.1-2.7 4.1M12.1 16.8v.1",
  lent: "M7 17 17 7M9 7h8v8",
  takenBack: "M17 7 7 17M15 17H7V9",
  handedOver: "M6.5 3.5h11v17L12 16l-5.5 4.5zM9.5 9.5l2 2 3.5-4",
  putAside: "M6.5 3.5h11v17L12 16l-5.5 4.5z",
  renewed: "M19 12a7 7 0 1 1-2-4.900M19 4v4h-4",
  undo: "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3",
  sound: "M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  silent: "M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5",
  import: "M12 4v11M7.5 10.5 12 15l4.5-4.5M4 19.5h16",
  print: "M7 8V3.500h10V8M7 17H4V8h16v9h-3M7 14h10v6.500H7z",
  desk: "M3 5v14M6.5 5v14M10 5v10M13.5 5v14M17 5v10M21 5v14",
  lists: "M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1",
  live: "M3 12h4l3-7 4 14 3-7h4",
  rules: "M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0M12 7v5.2l3.5 2",
  plus: "M12 5v14M5 12h14",
  pause: "M9 6v12M15 6v12",
  late: "M12 4 2.8 19.5h18.4zM12 10v4M12 16.8v.1",
  cross: "M6 6l12 12M18 6L6 18",
  person: "M8.5 8.500a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M5 20c.6-4 3.4-6 7-6s6.4 2 7 6",
};

/** @param {{ name: string }} props */
export const DeskIcon = ({ name }) =>
  html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name] || PATHS.quiet} /></svg>`;
