// Who comes: search by the beginning of an id.
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { useAddress } from "../address";
import { api } from "../api";
import { ago, count, moment } from "../format";
import { Page, Panel } from "../parts/Page";
import { Paged } from "../parts/Paged";
import { Typed } from "../parts/Typed";
import { useWords } from "../words";

const SIZE = 20;

export default function Customers() {
  const { w, language } = useWords();
  const c = w.customers;
  const { text, number, change } = useAddress();
  const go = useNavigate();
  const asked = { prefix: text("prefix"), offset: number("offset", 0), count: SIZE };
  const query = useQuery({ queryKey: ["customers", asked], queryFn: () => api.customers(asked), select: ({ total, customers }) => ({ total, rows: customers }) });
  const pathOf = (id: string) => `/customers/${encodeURIComponent(id)}`;
  return (
    <Page title={c.title}>
      <div className="filters" role="search">
        <Typed
          style={{ width: 280 }}
          prefix={<SearchOutlined />}
          placeholder={c.search}
          aria-label={c.search}
          value={asked.prefix}
          onValue={(prefix) => change({ prefix, offset: null })}
        />
        <span className="soft">{c.touchesUnit}</span>
      </div>
      <Panel flush>
        <Paged
          query={query}
          size={SIZE}
          empty={c.empty}
          emptyHelp={c.emptyHelp}
          label={c.title}
          rowKey={(row) => row.customer_id}
          onOpen={(row) => void go(pathOf(row.customer_id))}
          columns={[
            {
              key: "id",
              title: c.customer,
              lead: true,
              cell: (row) => <Link to={pathOf(row.customer_id)}>{row.customer_id}</Link>,
            },
            { key: "touches", title: c.touches, align: "right", cell: (row) => count(row.touches, language) },
            {
              key: "last",
              title: c.last,
              cell: (row) =>
                row.last_at ? (
                  <>
                    {moment(row.last_at)} <span className="soft">· {ago(row.last_at, Date.now(), language, w)}</span>
                  </>
                ) : (
                  c.never
                ),
            },
            {
              key: "ask",
              title: w.common.actions,
              align: "right",
              cell: (row) => <Link to={`/recommend?customer=${encodeURIComponent(row.customer_id)}&go=1`}>{w.nav.recommend}</Link>,
            },
          ]}
        />
      </Panel>
    </Page>
  );
}
