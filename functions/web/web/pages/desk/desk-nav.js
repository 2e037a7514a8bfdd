// The links to the desk, for librarians alone: one beside the readers' links, all on the desk's own pages.

import { place, to } from "../../shell/router.js";
import { reader } from "../../shell/session.js";
import { html } from "../../shell/ui.js";
import { DeskIcon } from "./desk-icons.js";
import { deskWords } from "./desk-words.js";

/** The pages of this side. Those that one needs seldom are in the menu of a phone. */
function links() {
  const d = deskWords.value;
  return [
    { path: "/desk", icon: "desk", text: d.desk, of: ["/desk"] },
    { path: "/lists/ready", icon: "lists", text: d.lists, of: ["/lists"] },
    { path: "/readers", icon: "person", text: d.readers, of: ["/readers"] },
    { path: "/live", icon: "live", text: d.live, of: ["/live", "/activity"], librarians: true },
    { path: "/import", icon: "import", text: d.import, of: ["/import", "/export"], seldom: true },
    { path: "/print", icon: "print", text: d.print, of: ["/print"], seldom: true },
    { path: "/rules", icon: "rules", text: d.rules, of: ["/rules"], librarians: true, seldom: true },
  ].filter(({ librarians }) => !librarians || reader.value?.role === "admin");
}

/** @param {string[]} of */
const isHere = (of) => of.some((start) => place.value.path === start || place.value.path.startsWith(`${start}/`));

/** @param {{ usual: unknown }} props */
export default function DeskNav({ usual }) {
  const all = links();
  const onDesk = all.some(({ of }) => isHere(of));
  return html`${onDesk ? null : usual}
    ${all
      .slice(0, onDesk ? undefined : 1)
      .map(
        (link) =>
          html`<a class=${link.seldom ? "wide" : undefined} href=${to(link.path)} aria-current=${isHere(link.of) ? "page" : undefined}><${DeskIcon} name=${link.icon} />${link.text}</a>`,
      )}`;
}

/** The pages of this side in the menu, where the head has no room for them. */
export const More = () =>
  links()
    .filter(({ seldom }) => seldom)
    .map((link) => html`<a href=${to(link.path)}>${link.text}</a>`);
