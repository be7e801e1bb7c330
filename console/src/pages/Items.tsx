// What is sold: search, filter, sort; one item in a drawer.
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useAddress } from "../address";
import { api } from "../api";
import { count, money, percent, signed, title } from "../format";
import { Badge } from "../parts/Figure";
import { ItemDrawer } from "../parts/ItemDrawer";
import { Picture } from "../parts/ItemName";
import { Page, Panel } from "../parts/Page";
import { Paged } from "../parts/Paged";
import type { Column } from "../parts/Rows";
import { Typed } from "../parts/Typed";
import type { Item } from "../wire";
import { useWords } from "../words";

const SIZE = 20;
const SORTS = ["popular", "price", "newest"] as const;

export default function Items() {
  const { w } = useWords();
  const { text, number, change } = useAddress();
  const asked = {
    query: text("query"),
    category: text("category"),
    brand: text("brand"),
    sort: text("sort", "popular"),
    offset: number("offset", 0),
    count: SIZE,
  };
  const query = useQuery({ queryKey: ["items", asked], queryFn: () => api.items(asked), select: ({ total, items }) => ({ total, rows: items }) });
  const columns = useColumns((id) => change({ item: id }, { push: true }));
  return (
    <Page title={w.items.title} lead={w.items.statsUnit}>
      <div className="filters" role="search">
        <Typed
          style={{ width: 280 }}
          prefix={<SearchOutlined />}
          placeholder={w.items.search}
          aria-label={w.items.search}
          value={asked.query}
          onValue={(value) => change({ query: value, offset: null })}
        />
        <Typed
          style={{ width: 150 }}
          placeholder={w.items.category}
          aria-label={w.items.category}
          value={asked.category}
          onValue={(value) => change({ category: value, offset: null })}
        />
        <Typed
          style={{ width: 150 }}
          placeholder={w.items.brand}
          aria-label={w.items.brand}
          value={asked.brand}
          onValue={(value) => change({ brand: value, offset: null })}
        />
        <Select
          style={{ width: 130 }}
          aria-label={w.items.sort}
          value={asked.sort}
          onChange={(sort) => change({ sort, offset: null })}
          options={SORTS.map((sort) => ({ value: sort, label: w.items[sort] }))}
        />
      </div>
      <Panel flush>
        <Paged
          query={query}
          size={SIZE}
          empty={w.items.empty}
          emptyHelp={w.items.emptyHelp}
          label={w.items.title}
          columns={columns}
          rowKey={(item) => item.item_id}
          onOpen={(item) => change({ item: item.item_id }, { push: true })}
          isMarked={(item) => item.item_id === text("item")}
        />
      </Panel>
      <ItemDrawer id={text("item")} onClose={() => change({ item: null })} />
    </Page>
  );
}

function useColumns(open: (id: string) => void): Column<Item>[] {
  const { w, language } = useWords();
  const { change } = useAddress();
  const number = (value: number) => count(value, language);
  const stat = (key: "views" | "carts" | "purchases" | "shown"): Column<Item> => ({
    key,
    title: w.items[key],
    align: "right",
    cell: (item) => number(item.stats[key]),
  });
  return [
    {
      key: "item",
      title: w.items.item,
      lead: true,
      cell: (item) => (
        <span className="item-name">
          <Picture src={item.image} size={40} />
          <span>
            <button type="button" className="as-link" onClick={() => open(item.item_id)}>
              {title(item, language)}
            </button>
            <small>
              {item.item_id} {!item.active && <Badge tone="warn">{w.items.inactive}</Badge>}
            </small>
          </span>
        </span>
      ),
    },
    {
      key: "category",
      title: w.items.category,
      cell: (item) => (
        <button type="button" className="as-link quiet" onClick={() => change({ category: item.category.at(-1), offset: null })}>
          {item.category.join(" › ")}
        </button>
      ),
    },
    {
      key: "brand",
      title: w.items.brand,
      cell: (item) =>
        item.brand && (
          <button type="button" className="as-link quiet" onClick={() => change({ brand: item.brand, offset: null })}>
            {item.brand}
          </button>
        ),
    },
    { key: "price", title: w.items.price, align: "right", cell: (item) => money(item.price, item.currency, language) },
    { key: "rebate", title: w.items.rebate, align: "right", cell: (item) => percent(item.rebate, language, 0) },
    {
      key: "stock",
      title: w.items.stock,
      align: "right",
      cell: (item) =>
        item.stock === 0 ? (
          <Badge tone="bad">{w.items.soldOut}</Badge>
        ) : typeof item.stock === "number" ? (
          number(item.stock)
        ) : (
          w.items.untold
        ),
    },
    stat("shown"),
    stat("views"),
    stat("carts"),
    stat("purchases"),
    { key: "popularity", title: w.items.popularity, align: "right", cell: (item) => count(item.stats.popularity, language, 1) },
    {
      key: "trend",
      title: w.items.trend,
      align: "right",
      cell: (item) => <span className={item.stats.trend < 0 ? "bad" : "good"}>{signed(item.stats.trend, language, 2)}</span>,
    },
  ];
}
