// A short tone for each kind of outcome, for who looks at the books and not at the page. No file is loaded.

import { recall, remember } from "../../shell/api.js";
import { signal } from "../../vendor/preact-signals.js";

/** @typedef {"done" | "aside" | "ask" | "stop" | "quiet"} Kind the kinds of outcomes: each has its own shape, colour and tone */

/** Tones one after the other: hertz and milliseconds. @type {Record<Kind, [hertz: number, milliseconds: number][]>} */
export const TONES = {
  done: [[880, 90]],
  aside: [
    [660, 110],
    [880, 160],
  ],
  ask: [
    [520, 90],
    [700, 140],
  ],
  stop: [[196, 550]],
  quiet: [[660, 90]],
};
const GAP = 50;
const LOUDNESS = 0.12;

/** Whether the desk makes tones. */
export const sound = signal(recall("deskSound") !== "off");

export function switchSound() {
  sound.value = !sound.value;
  remember("deskSound", sound.value ? null : "off");
}

/** @type {AudioContext | undefined} */
let audio;

/** @param {Kind} kind */
export function play(kind) {
  // A browser makes no sound before somebody has pressed a key.
  if (!sound.value || !navigator.userActivation?.hasBeenActive || !("AudioContext" in window)) return;
  audio ??= new AudioContext();
  let at = audio.currentTime;
  for (const [hertz, milliseconds] of TONES[kind]) {
    const tone = new OscillatorNode(audio, { frequency: hertz });
    const volume = new GainNode(audio, { gain: LOUDNESS });
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + milliseconds / 1000);
    at += (milliseconds + GAP) / 1000;
  }
}
