// Features by name: what each is about and its value, beside what it is now.
import { Link } from "react-router";
import { percent, plain, points, signed } from "../format";
import type { Feature } from "../wire";
import { named, useWords } from "../words";
import { useTitles } from "./ItemName";
import { Rows, type Column } from "./Rows";

/** Lines of one feature shown before the reader asks for all. */
const FOLD = 6;

interface Props {
  features: Feature[];
  /** What they are now, when an earlier time is shown. */
  now?: Feature[];
}

const OF_ITEMS = new Set(["customer.cart", "customer.dismissed", "customer.interest", "customer.ratings", "customer.wishlist"]);

const keyOf = ({ name, about }: Feature) => `${name}\n${about ?? ""}`;

export function FeatureRows({ features, now }: Props) {
  const groups = Map.groupBy(features, (feature) => feature.name);
  const latest = now && new Map(now.map((feature) => [keyOf(feature), feature.value]));
  return (
    <>
      {[...groups].map(([name, group]) => (
        <Group key={name} name={name} group={group} latest={latest} />
      ))}
    </>
  );
}

function Group({ name, group, latest }: { name: string; group: Feature[]; latest?: Map<string, Feature["value"]> }) {
  const { w, language } = useWords();
  const c = w.customers;
  const titleOf = useTitles(OF_ITEMS.has(name) ? group.flatMap(({ about }) => about ?? []) : []);
  const aboutOf = ({ about }: Feature) => {
    if (typeof about !== "string") return c.whole;
    if (OF_ITEMS.has(name)) return <Link to={`/items?item=${encodeURIComponent(about)}`}>{titleOf(about)}</Link>;
    if (name === "customer.total") return named(w.events, about);
    const [first = "", ...rest] = about.split(" ");
    return [named(w.aboutWords, first), ...rest].join(" ");
  };
  const say = ({ value, unit }: Pick<Feature, "value" | "unit">) =>
    unit === "share" && typeof value === "number" ? percent(value, language) : plain(value, language);
  const compared = (feature: Feature) => {
    const is = latest?.get(keyOf(feature));
    if (is === feature.value) return <span className="soft">{c.same}</span>;
    if (typeof is !== "number" || typeof feature.value !== "number") return plain(is, language);
    const change = is - feature.value;
    if (feature.unit === "share") return `${points(change, language)} ${w.units.points}`;
    return signed(change, language, Number.isInteger(change) ? 0 : 2);
  };
  const columns: Column<Feature>[] = [
    { key: "about", title: c.about, lead: true, cell: aboutOf },
    { key: "value", title: latest ? c.then : c.now, align: "right", width: "20%", cell: say },
    ...(latest ? [{ key: "now", title: c.difference, align: "right" as const, width: "26%", cell: compared }] : []),
  ];
  return (
    <section className="feature">
      <h2>
        {named(w.features, name)} <small className="soft">{named(w.featureUnits, group[0]?.unit ?? "")}</small>
      </h2>
      <Rows label={name} rows={group} fold={FOLD} rowKey={keyOf} columns={columns} />
    </section>
  );
}
