// What the head shows to whoever has signed in: their name, what is under it, and the way to the desk for those who work there.

import { words } from "../shell/i18n.js";
import { place, to } from "../shell/router.js";
import { signOut } from "../shell/signing.js";
import { html, Icon, useAction } from "../shell/ui.js";
import { useEffect, useRef, useSignal } from "../vendor/preact-signals.js";

/** @typedef {import("../shell/session.js").Profile} Profile */

/** @param {Profile} who */
const isOfDesk = ({ role }) => role === "admin" || role === "assistant";

/** The links of the head, and the button that opens the menu.
 * @param {{ who: Profile, usual: unknown }} props */
export default function OwnHead({ who, usual }) {
  const Desk = useSignal(/** @type {any} */ (null));
  useEffect(() => {
    if (isOfDesk(who)) import("./desk/desk-nav.js").then((module) => (Desk.value = module.default));
  }, [isOfDesk(who)]);
  return html`${isOfDesk(who) && Desk.value ? html`<${Desk.value} usual=${usual} />` : usual}
    <button type="button" popovertarget="menu"><${Icon} name="reader" /><bdi class="who">${shortName(who)}</bdi><span class="sr">${words.value.yourAccount}</span></button>`;
}

/** @param {Profile} who */
const shortName = (who) => who.firstName || who.username || (who.email || "").split("@")[0];

/** @param {{ who: Profile }} props */
export function Menu({ who }) {
  const t = words.value;
  const menu = useRef(/** @type {any} */ (null));
  const Desk = useSignal(/** @type {any} */ (null));
  useEffect(() => {
    if (isOfDesk(who)) import("./desk/desk-nav.js").then(({ More }) => (Desk.value = More));
  }, [isOfDesk(who)]);
  const leave = useAction(() => signOut());
  useEffect(() => menu.current?.hidePopover?.(), [place.value]);
  return html`<div class="menu" id="menu" popover ref=${menu}>
    <p><b><bdi>${[who.firstName, who.lastName].filter(Boolean).join(" ") || shortName(who)}</bdi></b><bdi>${who.email || who.username}</bdi></p>
    <a href=${to("/account")}>${t.account}</a>
    <a href=${to("/books/new")}>${t.addBook}</a>
    ${!isOfDesk(who) && html`<a href=${to("/import")}>${t.importBooks}</a>`}
    ${Desk.value && html`<${Desk.value} />`}
    <hr />
    <button type="button" aria-busy=${leave.busy ? "true" : undefined} onClick=${leave.run}>${t.signOut}</button>
  </div>`;
}
