// The links to the desk, for librarians alone: one beside the readers' links, all on the desk's own pages.

import { place, to } from "../../shell/router.js";
import { reader } from "../../shell/session.js";
import { html } from "../../shell/ui.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";

/** @param {{ usual: unknown }} props */
export default function DeskNav({ usual }) {
  const d = deskWords.value;
  const { path } = place.value;
  const links = [
    { path: "/desk", icon: "desk", text: d.desk, of: ["/desk"] },
    { path: "/lists/ready", icon: "lists", text: d.lists, of: ["/lists"] },
    { path: "/readers", icon: "person", text: d.readers, of: ["/readers"] },
    { path: "/live", icon: "live", text: d.live, of: ["/live", "/activity"], librarians: true },
  ].filter(({ librarians }) => !librarians || reader.value?.role === "admin");
  const isHere = (/** @type {string[]} */ of) => of.some((start) => path === start || path.startsWith(`${start}/`));
  const onDesk = links.some(({ of }) => isHere(of));
  return html`${onDesk ? null : usual}
    ${links
      .slice(0, onDesk ? undefined : 1)
      .map(
        (link) =>
          html`<a href=${to(link.path)} aria-current=${isHere(link.of) ? "page" : undefined}><${DeskIcon} name=${link.icon} />${link.text}</a>`,
      )}`;
}
