// The start of a library that has no books yet: what its librarian does next.

import { to } from "../../shell/router.js";
import { reader } from "../../shell/session.js";
import { html, useTitle } from "../../shell/ui.js";
import { useLayoutEffect } from "../../vendor/preact-signals.js";
import { deskWords } from "./desk-words.js";
import { nameOf } from "./people.js";
import { dress } from "./side.js";

/** @returns {any} */
export default function FirstSteps() {
  const d = deskWords.value;
  useLayoutEffect(() => {
    dress(true);
    return () => dress(false);
  }, []);
  useTitle(d.firstSteps);
  const steps = [
    { title: d.bringBooksIn, how: d.bringBooksInHow, label: d.addBooks, page: "/books/new", main: true },
    { title: d.addAReader, how: d.addReadersHow, label: d.addReaders, page: "/readers/new" },
    { title: d.goToDesk, how: d.goToDeskHow, label: d.toTheDesk, page: "/desk" },
  ];
  return html`<h1 class="page">${d.firstSteps}</h1>
    <p class="muted">${d.onlyYouSee}</p>
    <ol class="begin">
      <li class="did"><h2>${d.youAreLibrarian}</h2><p><bdi>${reader.value && nameOf(reader.value)}</bdi></p></li>
      ${steps.map(
        ({ title, how, label, page, main }) => html`<li>
          <h2>${title}</h2>
          <p>${how}</p>
          <div class="acts"><a class=${main ? "btn big main" : "btn big"} href=${to(page)}>${label}</a></div>
        </li>`,
      )}
    </ol>`;
}
