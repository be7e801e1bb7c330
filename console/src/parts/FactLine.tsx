// A fact in one line, as a row of a file becomes it.
import { moment, plain } from "../format";
import type { ImportFact, Language } from "../wire";
import { fill, named, useWords } from "../words";
import { Badge } from "./Figure";

const SHOWN = 3;
/** Told in their own way, or names that nobody reads. */
const TOLD = new Set(["event", "timestamp", "event_id", "items", "context"]);

/** What is so unless a row says otherwise. */
const isUsual = (name: string, value: unknown) => (name === "active" && value === true) || (name === "rebate" && value === 0);

export function FactLine({ fact: { type, at, data } }: { fact: ImportFact }) {
  const { w, language } = useWords();
  const items = linesOf(data.items);
  const kind = type.startsWith("event.") ? named(w.events, type.slice("event.".length)) : named(w.factKinds, type);
  return (
    <span className="fact">
      <Badge tone="accent">{kind}</Badge>
      {items.slice(0, SHOWN).map((line, place) => (
        <span key={place}>{lineText(line, language)}</span>
      ))}
      {items.length > SHOWN && <span className="soft">{fill(w.customers.moreItems, { count: items.length - SHOWN })}</span>}
      {pairsOf(data)
        .map(([name, value]) => (
          <span key={name}>
            <span className="soft">{named(w.fields, name)}</span> {written(value, language)}
          </span>
        ))}
      {Boolean(data.timestamp) && <span className="soft">{moment(at)}</span>}
    </span>
  );
}

/** Ids first; what describes the moment stands with the rest. */
function pairsOf(data: ImportFact["data"]): [string, unknown][] {
  const isId = ([name]: [string, unknown]) => name.endsWith("_id");
  const told = Object.entries({ ...data, ...(data.context ?? {}) }).filter(
    ([name, value]) => !TOLD.has(name) && !isNothing(value) && !isUsual(name, value),
  );
  return [...told.filter(isId), ...told.filter((pair) => !isId(pair))];
}

type Line = Record<string, unknown>;

const linesOf = (items: unknown): Line[] => (Array.isArray(items) ? items.filter((line) => typeof line === "object" && line !== null) : []);

/** `kettle-1 × 2 · 129.00` */
function lineText({ item_id, quantity, price }: Line, language: Language): string {
  const pieces = typeof quantity === "number" && quantity !== 1 ? ` × ${plain(quantity, language)}` : "";
  return `${plain(item_id, language)}${pieces}${isNothing(price) ? "" : ` · ${plain(price, language)}`}`;
}

/** Attributes are an object of names and values. */
function written(value: unknown, language: Language): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return plain(value, language);
  return Object.entries(value)
    .map(([name, each]) => `${name}: ${plain(each, language)}`)
    .join(" · ");
}

const isNothing = (value: unknown) =>
  value === null || value === undefined || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
