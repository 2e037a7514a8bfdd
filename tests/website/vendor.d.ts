export { Fragment, render } from "preact";
export { useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
export { type Signal, batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => any;
