// How do two slates differ? Each item: new, up, down, same; and what is gone.
export type Mark = { kind: "new" } | { kind: "same" } | { kind: "up" | "down"; by: number };

export interface Comparison {
  marks: Map<string, Mark>;
  gone: string[];
  fresh: number;
  up: number;
  down: number;
  same: number;
}

/** Ids in order, before and after; places are those in the lists. */
export function compareSlates(before: readonly string[], after: readonly string[]): Comparison {
  const old = new Map(before.map((id, place) => [id, place]));
  const now = new Set(after);
  const marks = new Map(after.map((id, place) => [id, markOf(old.get(id), place)]));
  const kinds = [...marks.values()].map((mark) => mark.kind);
  const number = (kind: Mark["kind"]) => kinds.filter((each) => each === kind).length;
  return {
    marks,
    gone: before.filter((id) => !now.has(id)),
    fresh: number("new"),
    up: number("up"),
    down: number("down"),
    same: number("same"),
  };
}

function markOf(was: number | undefined, is: number): Mark {
  if (was === undefined) return { kind: "new" };
  if (was === is) return { kind: "same" };
  return was > is ? { kind: "up", by: was - is } : { kind: "down", by: is - was };
}

/** Whether two slates hold the same items in the same order. */
export const isSame = (difference: Comparison) => difference.gone.length === 0 && difference.fresh + difference.up + difference.down === 0;
