// What was really seen? At least half of a card, for at least a second, on a visible page; each
// item once per decision.

import type { Line } from "./wire";

export interface Shown {
  decision: string;
  line: Line;
}

const PART = 0.5;
const SEEN_MS = 1_000;
/** Cards that come into view together are told together. */
const GATHER_MS = 300;

export class Impressions {
  private readonly observer: IntersectionObserver;
  private readonly watched = new Map<Element, Shown>();
  private readonly timers = new Map<Element, ReturnType<typeof setTimeout>>();
  private readonly told = new Set<string>();
  private gathered: Shown[] = [];
  private gathering: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly visible: () => boolean,
    private readonly tell: (decision: string, lines: Line[]) => void,
  ) {
    this.observer = new IntersectionObserver((changes) => this.changed(changes), {
      threshold: [PART],
    });
  }

  watch(element: Element, shown: Shown): void {
    this.unwatch(element);
    if (this.told.has(nameOf(shown))) return;
    this.watched.set(element, shown);
    this.observer.observe(element);
  }

  unwatch(element: Element): void {
    clearTimeout(this.timers.get(element));
    this.timers.delete(element);
    this.watched.delete(element);
    this.observer.unobserve(element);
  }

  /** Tells what was seen but still gathers; the page may be gone after this. */
  flush(): void {
    if (this.gathering !== null) clearTimeout(this.gathering);
    this.gathering = null;
    const byDecision = new Map<string, Line[]>();
    for (const { decision, line } of this.gathered) {
      byDecision.set(decision, [...(byDecision.get(decision) ?? []), line]);
    }
    this.gathered = [];
    for (const [decision, lines] of byDecision) this.tell(decision, lines);
  }

  stop(): void {
    this.flush();
    this.observer.disconnect();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.watched.clear();
  }

  private changed(changes: IntersectionObserverEntry[]): void {
    for (const { target, intersectionRatio } of changes) {
      const timer = this.timers.get(target);
      if (intersectionRatio < PART) {
        clearTimeout(timer);
        this.timers.delete(target);
      } else if (timer === undefined) {
        this.timers.set(
          target,
          setTimeout(() => this.seen(target), SEEN_MS),
        );
      }
    }
  }

  private seen(element: Element): void {
    this.timers.delete(element);
    const shown = this.watched.get(element);
    if (!shown) return;
    if (!this.visible()) {
      // Observing anew calls back when the page is painted again, and the second begins again.
      this.observer.unobserve(element);
      this.observer.observe(element);
      return;
    }
    this.unwatch(element);
    if (this.told.has(nameOf(shown))) return;
    this.told.add(nameOf(shown));
    this.gathered.push(shown);
    this.gathering ??= setTimeout(() => this.flush(), GATHER_MS);
  }
}

function nameOf(shown: Shown): string {
  return shown.decision + " " + shown.line.item_id;
}
