// Reasons as sentences, with their evidence as items.
import { Link } from "react-router";
import type { Reason } from "../wire";
import { fill, useWords } from "../words";

const PLAIN = new Set(["same_category", "same_brand", "same_merchant", "declared", "due_again", "boosted", "boosted_merchant", "fatigue"]);

/** Whether a reason's evidence names items. */
export const itemsOf = (reason: Reason): string[] => (PLAIN.has(reason.code) ? [] : reason.evidence.slice(0, 2));

export function Why({ reason, titleOf }: { reason: Reason; titleOf: (id: string) => string }) {
  const { w, language } = useWords();
  const items = itemsOf(reason);
  const code = reason.code === "taste" && items.length === 0 ? "taste_plain" : reason.code;
  const [first = "?", second = "?"] = reason.evidence;
  const text = fill(w.reasons[code] ?? reason.code, { first, second });
  const [before, after] = text.split("{items}");
  const and = language === "zh" ? "和" : " and ";
  return (
    <>
      {before}
      {after !== undefined &&
        items.map((id, at) => (
          <span key={id}>
            {at > 0 && and}
            <Link to={`/items?item=${encodeURIComponent(id)}`}>{titleOf(id)}</Link>
          </span>
        ))}
      {after}
    </>
  );
}
