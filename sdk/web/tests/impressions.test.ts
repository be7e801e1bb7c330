// Half a card for a second, once per decision, told together; a hidden page sees nothing.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Impressions } from "../src/impressions";
import type { Line } from "../src/wire";

let call: (changes: { target: object; intersectionRatio: number }[]) => void = () => {};

class FakeObserver {
  constructor(callback: typeof call) {
    call = callback;
  }
  observe() {}
  unobserve() {}
  disconnect() {}
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IntersectionObserver", FakeObserver);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function scene() {
  const told: [string, Line[]][] = [];
  const page = { visible: true };
  const impressions = new Impressions(
    () => page.visible,
    (decision, lines) => void told.push([decision, lines]),
  );
  const cards = ["a", "b", "c"].map((item_id, index) => {
    const element = {} as Element;
    impressions.watch(element, { decision: "d1", line: { item_id, index } });
    return element;
  });
  return { told, page, impressions, cards };
}

const see = (target: object, intersectionRatio: number) => call([{ target, intersectionRatio }]);

test("cards seen together are told together, once", () => {
  const { told, cards, impressions } = scene();
  see(cards[0]!, 0.6);
  see(cards[1]!, 1);
  see(cards[2]!, 0.4);
  vi.advanceTimersByTime(2_000);
  const line = (item_id: string, index: number) => ({ item_id, index });
  expect(told).toEqual([["d1", [line("a", 0), line("b", 1)]]]);
  const again = {} as Element;
  impressions.watch(again, { decision: "d1", line: line("a", 0) });
  see(again, 1);
  impressions.watch(cards[0]!, { decision: "d2", line: line("a", 0) });
  see(cards[0]!, 1);
  vi.advanceTimersByTime(2_000);
  expect(told.slice(1)).toEqual([["d2", [line("a", 0)]]]);
});

test("a glance is not an impression", () => {
  const { told, cards } = scene();
  see(cards[0]!, 0.9);
  vi.advanceTimersByTime(900);
  see(cards[0]!, 0.2);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([]);
});

test("a hidden page shows nothing; when it is painted again the second begins anew", () => {
  const { told, cards, page } = scene();
  page.visible = false;
  see(cards[0]!, 1);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([]);
  page.visible = true;
  see(cards[0]!, 1);
  vi.advanceTimersByTime(2_000);
  expect(told).toHaveLength(1);
});

test("leaving tells what was seen already", () => {
  const { told, cards, impressions } = scene();
  see(cards[0]!, 1);
  vi.advanceTimersByTime(1_001);
  impressions.flush();
  expect(told).toHaveLength(1);
});
