export { Fragment, render } from "preact";
export { useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef } from "preact/hooks";
export { type Signal, effect, signal, useSignal } from "@preact/signals";
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => any;
