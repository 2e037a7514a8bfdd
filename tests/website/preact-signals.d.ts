export { Fragment, render } from "preact";
export { useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef } from "preact/hooks";
export { type Signal, effect, signal, useSignal } from "@preact/signals";
/** A tag of markup, which the site's build turns into calls. */
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => any;
