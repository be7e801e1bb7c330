// How long from a click to the new list? The last ten measurements, taken in this page.

import { h, icon } from "./dom";
import { sk } from "./shop";
import { hasWord, say } from "./words";

interface Measured {
  event: string;
  /** Until the server had the event on disk. */
  storedMs: number;
  /** Until the new list was painted. */
  totalMs: number;
}

const KEPT = 10;
const measured: Measured[] = [];
const root = h("details", { class: "panel", "data-panel": "" });

/** Resolves right after the next paint: a frame's callback runs before it, a message after. */
const painted = () =>
  new Promise<void>((done) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done();
      port2.postMessage(null);
    });
  });

/** Sends what was just told, runs `renew`, and notes how long both took. */
export async function measure(event: string, renew: () => Promise<unknown>): Promise<void> {
  const begin = performance.now();
  const stored = await sk.flush();
  const storedMs = performance.now() - begin;
  const renewed = await renew();
  if (!stored || !renewed || sk.consent !== "granted") return;
  // A page in the background is not painted, so there is nothing to measure.
  if (document.visibilityState === "visible") {
    await painted();
    measured.unshift({ event, storedMs, totalMs: performance.now() - begin });
    measured.splice(KEPT);
  }
  fillPanel();
}

export function mountPanel(): void {
  if (innerWidth >= 900) root.open = true;
  document.body.append(root);
  fillPanel();
}

export function fillPanel(): void {
  const [last] = measured;
  const amount = last ? Math.round(last.totalMs) + " " + say("ms") : "—";
  const head = h(
    "summary",
    {},
    icon("bolt"),
    h("span", { class: "panel-name" }, say("panel")),
    h("strong", { class: "panel-last", "data-ms": last ? last.totalMs.toFixed(1) : null }, amount),
  );
  const slowest = Math.max(1, ...measured.map((one) => one.totalMs));
  const rows = measured.map((one) =>
    h(
      "li",
      {},
      h("span", {}, hasWord(one.event) ? say(one.event) : one.event),
      h("meter", {
        min: 0,
        max: slowest,
        value: one.totalMs,
        "aria-label": Math.round(one.totalMs) + " " + say("ms"),
      }),
      h("b", {}, Math.round(one.totalMs) + " " + say("ms")),
      h(
        "small",
        {},
        say("panelSplit", one.storedMs.toFixed(1), (one.totalMs - one.storedMs).toFixed(1)),
      ),
    ),
  );
  const none = sk.consent === "granted" ? say("panelNone") : say("panelOff");
  root.replaceChildren(head, rows.length ? h("ol", {}, ...rows) : h("p", {}, none));
}
