// One item: what it is, how it does, and what is like it.
import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import { Link } from "react-router";
import { api } from "../api";
import { count, money, percent, plain, signed, title } from "../format";
import type { Item } from "../wire";
import { fill, useWords } from "../words";
import { Facts, Figure } from "./Figure";
import { ItemName, Picture, useItem } from "./ItemName";
import { Loaded } from "./Loaded";

export function ItemDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { w } = useWords();
  return (
    <Drawer open={id !== ""} onClose={onClose} width="min(560px, 100vw)" title={w.items.item} destroyOnHidden>
      {id && <Body key={id} id={id} />}
    </Drawer>
  );
}

function Body({ id }: { id: string }) {
  const query = useItem(id);
  return (
    <Loaded query={query} rows={10}>
      {(item) => (
        <div className="stack">
          <About item={item} />
          <Stats item={item} />
          <Similar id={id} />
        </div>
      )}
    </Loaded>
  );
}

function About({ item }: { item: Item }) {
  const { w, language } = useWords();
  const link = item.link && (
    <a href={item.link} rel="noreferrer" target="_blank">
      {item.link}
    </a>
  );
  const pairs: [string, React.ReactNode][] = [
    [w.items.id, <code key="id">{item.item_id}</code>],
    [w.items.category, item.category.join(" › ")],
    [w.items.brand, item.brand],
    [w.items.merchant, item.merchant_id],
    [w.items.rebate, percent(item.rebate, language, 0)],
    [w.items.stock, typeof item.stock === "number" ? `${count(item.stock, language)} ${w.items.pieces}` : w.items.untold],
    [w.items.attributes, item.attributes.map(({ name, value }) => `${name}: ${plain(value, language)}`).join(" · ")],
    [w.items.link, link],
  ];
  return (
    <>
      <div className="hero">
        <Picture src={item.image} size={96} />
        <div className="stack" style={{ gap: 6 }}>
          <h2>{title(item, language)}</h2>
          <span className="soft">{language === "zh" ? item.title_en : item.title_zh}</span>
          <b className="price">{money(item.price, item.currency, language)}</b>
          <Link to={`/recommend?surface=similar&items=${encodeURIComponent(item.item_id)}&go=1`}>{w.items.recommend}</Link>
        </div>
      </div>
      <Facts pairs={pairs.filter(([, value]) => value)} />
    </>
  );
}

function Stats({ item: { stats } }: { item: Item }) {
  const { w, language } = useWords();
  const number = (value: number) => count(value, language);
  const whole = w.customers.countsUnit;
  return (
    <dl className="figures" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(140px, 1fr))" }}>
      <Figure name={w.items.shown} value={number(stats.shown)} range={whole} />
      <Figure name={w.items.views} value={number(stats.views)} range={whole} />
      <Figure name={w.items.carts} value={number(stats.carts)} range={whole} />
      <Figure name={w.items.purchases} value={number(stats.purchases)} range={whole} />
      <Figure name={w.items.popularity} value={count(stats.popularity, language, 1)} range={w.items.popularityShort} />
      <Figure name={w.items.trend} value={signed(stats.trend, language, 2)} range={w.items.trendRange} />
      {stats.rating && (
        <Figure
          name={w.items.rating}
          value={count(stats.rating.mean, language, 2)}
          unit="/ 5"
          range={fill(w.items.ratings, { count: stats.rating.count })}
        />
      )}
    </dl>
  );
}

function Similar({ id }: { id: string }) {
  const { w, language } = useWords();
  const query = useQuery({
    queryKey: ["slate", "similar", id],
    queryFn: () => api.recommend("similar", { items: [id], count: 8 }),
    staleTime: 300_000,
    placeholderData: undefined,
  });
  return (
    <section>
      <h2>{w.items.similar}</h2>
      <p className="soft" style={{ marginBottom: 8 }}>
        {w.items.similarHelp}
      </p>
      <Loaded query={query} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{w.items.noSimilar}</p>
          ) : (
            <ol className="stack" style={{ gap: 8 }}>
              {items.map((choice) => (
                <li key={choice.item_id} className="job-head" style={{ justifyContent: "space-between" }}>
                  <ItemName id={choice.item_id} />
                  <span className="soft">
                    {w.recommend.score} {count(choice.score, language, 4)}
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}
