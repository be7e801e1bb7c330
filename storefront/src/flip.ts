// Lets cards travel from where they were to where they are: first, last, invert, play.

import { say } from "./words";

const MOVE_MS = 420;
const MARK_MS = 2_400;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Puts `next` into `container` and shows what moved. `idOf` names an element over both orders. */
export function rearrange(
  container: HTMLElement,
  next: HTMLElement[],
  idOf: (element: HTMLElement) => string,
): void {
  const old = [...container.children] as HTMLElement[];
  const places = new Map(old.map((element, at) => [idOf(element), at]));
  const boxes = new Map(old.map((element) => [idOf(element), element.getBoundingClientRect()]));
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  container.replaceChildren(...next);
  keepFocus(focused, old, next);
  const first = old.length === 0 || old.every((element) => element.hasAttribute("data-bones"));
  if (first || !container.isConnected) return;
  next.forEach((element, at) => {
    const before = boxes.get(idOf(element));
    const rise = before ? places.get(idOf(element))! - at : null;
    mark(element, rise);
    if (!calm.matches) move(element, before);
  });
}

/** Moving an element takes the focus away; a card that left hands it to the one in its place. */
function keepFocus(focused: Element | null, old: HTMLElement[], next: HTMLElement[]): void {
  if (!(focused instanceof HTMLElement)) return;
  if (!focused.isConnected) {
    const at = old.findIndex((element) => element.contains(focused));
    next[Math.min(at, next.length - 1)]?.querySelector("a")?.focus({ preventScroll: true });
  } else focused.focus({ preventScroll: true });
}

function mark(element: HTMLElement, rise: number | null): void {
  if (rise !== null && rise <= 0) return;
  element.dataset.rise = rise === null ? say("fresh") : say("moved", rise);
  element.toggleAttribute("data-risen", rise !== null);
  setTimeout(() => {
    delete element.dataset.rise;
    delete element.dataset.risen;
  }, MARK_MS);
}

function move(element: HTMLElement, before: DOMRect | undefined): void {
  if (!before) {
    const from = { opacity: 0, transform: "scale(0.94)" };
    element.animate([from, { opacity: 1, transform: "none" }], {
      duration: MOVE_MS,
      easing: "ease-out",
    });
    return;
  }
  const now = element.getBoundingClientRect();
  const [x, y] = [before.left - now.left, before.top - now.top];
  if (Math.abs(x) < 1 && Math.abs(y) < 1) return;
  element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
    duration: MOVE_MS,
    easing: "cubic-bezier(0.2, 0.8, 0.2, 1)",
  });
}
