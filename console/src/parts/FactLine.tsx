// A fact in one line, as a row of a file becomes it.
import { count, moment, plain, title } from "../format";
import type { ImportFact } from "../wire";
import { fill, named, useWords } from "../words";
import { Badge } from "./Figure";

const SHOWN = 3;
/** Told in their own way, or nothing that a reader asks for. */
const TOLD = new Set(["at", "event", "items", "value", "query", "said", "channel", "place", "offset", "decision_id"]);

export function FactLine({ fact }: { fact: ImportFact }) {
  const { w, language } = useWords();
  const items = fact.items ?? [];
  const others = Object.entries(fact).filter(([name, value]) => !TOLD.has(name) && !isNothing(value));
  const pair = (name: string, value: unknown) => (
    <span key={name}>
      <span className="soft">{named(w.fields, name)}</span> {plain(value, language)}
    </span>
  );
  return (
    <span className="fact">
      {fact.event && <Badge tone="accent">{named(w.events, fact.event)}</Badge>}
      {items.slice(0, SHOWN).map((item) => (
        <span key={item.item_id}>
          {title(item, language)}
          {typeof item.price === "number" && <span className="soft"> · {count(item.price, language, 2)}</span>}
        </span>
      ))}
      {items.length > SHOWN && <span className="soft">{fill(w.customers.moreItems, { count: items.length - SHOWN })}</span>}
      {fact.query && <span>“{fact.query}”</span>}
      {typeof fact.value === "number" && pair(w.customers.worth, fact.value)}
      {fact.said && <span>{fact.said}</span>}
      {(["channel", "place"] as const).map((name) => fact[name] && pair(name, fact[name]))}
      {others.map(([name, value]) => pair(name, value))}
      {fact.at && <span className="soft">{moment(fact.at)}</span>}
    </span>
  );
}

const isNothing = (value: unknown) =>
  value === null || value === undefined || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
