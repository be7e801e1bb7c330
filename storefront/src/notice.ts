// A short word about what just happened, seen for a moment and read out by screen readers.

import { h } from "./dom";

const SHOWN_MS = 2_600;
const box = h("div", { class: "notice", role: "status", "aria-live": "polite" });
let timer = 0;

export function mountNotice(): void {
  document.body.append(box);
}

export function notice(text: string): void {
  clearTimeout(timer);
  box.textContent = text;
  box.dataset.shown = "";
  timer = window.setTimeout(() => {
    delete box.dataset.shown;
    box.textContent = "";
  }, SHOWN_MS);
}
