// A place on the page that holds a list: it asks, renders, and tells what was seen and clicked.

import type { Impressions } from "./impressions";
import type { Recommend, Surface } from "./recommend";
import type { Answer, Ask, Choice, Line } from "./wire";

export interface SlotOptions extends Ask {
  surface: Surface;
  /** Makes the element of one item. Called again for each answer, so it may reuse what it made. */
  render(choice: Choice, answer: Answer): HTMLElement | Promise<HTMLElement>;
  /** Puts the elements in place. Default: they become the container's children. */
  place?(elements: HTMLElement[], answer: Answer): void;
  /** Called after a click on an item was told; buttons inside a card do not count as one. */
  selected?(choice: Choice, answer: Answer): void;
}

export interface Slot {
  /** Asks and renders anew; null when a later refresh overtook this one. Rejects on failure. */
  refresh(change?: Ask): Promise<Answer | null>;
  /** Appends the next page; null when there is none. */
  more(): Promise<Answer | null>;
  /** The answer that is shown. */
  readonly answer: Answer | null;
  /** Ends observing and listening; the elements stay. */
  stop(): void;
}

export interface SlotTools {
  recommend: Recommend;
  impressions: Impressions;
  select(decision: string, line: Line): void;
}

interface Card {
  element: HTMLElement;
  choice: Choice;
  answer: Answer;
}

export function makeSlot(container: Element, options: SlotOptions, tools: SlotTools): Slot {
  const { surface, render, place, selected, ...asked } = options;
  let cards: Card[] = [];
  let answer: Answer | null = null;
  let turn = 0;

  const show = async (next: Answer, before: Card[], mine: number): Promise<Answer | null> => {
    const rendering = next.items.map(async (choice) => ({
      element: await render(choice, next),
      choice,
      answer: next,
    }));
    const all = [...before, ...(await Promise.all(rendering))];
    if (mine !== turn) return null;
    for (const { element } of cards) tools.impressions.unwatch(element);
    cards = all;
    answer = next;
    const elements = all.map((card) => card.element);
    if (place) place(elements, next);
    else container.replaceChildren(...elements);
    for (const { element, choice, answer: of } of all) {
      tools.impressions.watch(element, { decision: of.decision_id, line: lineOf(choice) });
    }
    return next;
  };

  const clicked = (event: Event) => {
    const path = event.composedPath();
    const card = cards.find(({ element }) => path.includes(element));
    if (!card) return;
    const inner = path.slice(0, path.indexOf(card.element));
    if (inner.some((node) => node instanceof Element && node.matches("button, input, select")))
      return;
    tools.select(card.answer.decision_id, lineOf(card.choice));
    selected?.(card.choice, card.answer);
  };
  // A middle click opens the item in a tab of its own: a choice as well.
  const auxiliary = (event: Event) => (event as MouseEvent).button === 1 && clicked(event);
  container.addEventListener("click", clicked);
  container.addEventListener("auxclick", auxiliary);

  return {
    refresh: async (change = {}) => {
      const mine = ++turn;
      Object.assign(asked, change);
      const next = await tools.recommend[surface](asked);
      return mine === turn ? show(next, [], mine) : null;
    },
    more: async () => {
      if (!answer?.next_page) return null;
      const mine = ++turn;
      const next = await tools.recommend.page(answer.next_page);
      return mine === turn ? show(next, cards, mine) : null;
    },
    get answer() {
      return answer;
    },
    stop: () => {
      turn += 1;
      for (const { element } of cards) tools.impressions.unwatch(element);
      container.removeEventListener("click", clicked);
      container.removeEventListener("auxclick", auxiliary);
    },
  };
}

function lineOf(choice: Choice): Line {
  return { item_id: choice.item_id, index: choice.place };
}
