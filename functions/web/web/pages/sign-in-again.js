// The dialog to sign in again, over a page whose words must stay.

import { words } from "../shell/i18n.js";
import { askingToSignIn, signedOut } from "../shell/session.js";
import { html } from "../shell/ui.js";
import { useEffect, useRef } from "../vendor/preact-signals.js";
import { SignInForm } from "./sign-in.js";

/** @returns {any} */
export default function SignInAgain() {
  const t = words.value;
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const open = askingToSignIn.value;
  useEffect(() => (open ? dialog.current?.showModal() : dialog.current?.close()), [open]);
  const close = () => askingToSignIn.value && signedOut("ended");
  return html`<dialog ref=${dialog} aria-labelledby="sign-in-again" onClose=${close}>
    <h2 id="sign-in-again">${t.signInFirst}</h2>
    <p>${t.signInKeeps}</p>
    ${open && html`<${SignInForm} onSignedIn=${() => {}} />`}
    <p><button type="button" class="btn bare" onClick=${close}>${t.notNow}</button></p>
  </dialog>`;
}
