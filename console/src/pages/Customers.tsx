// Who comes: search by the beginning of an id.
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { useAddress } from "../address";
import { api } from "../api";
import { ago, count, moment } from "../format";
import { Empty } from "../parts/Empty";
import { Loaded } from "../parts/Loaded";
import { Page, Panel } from "../parts/Page";
import { Pager } from "../parts/Pager";
import { Rows } from "../parts/Rows";
import { Typed } from "../parts/Typed";
import { useWords } from "../words";

const SIZE = 20;

export default function Customers() {
  const { w, language } = useWords();
  const c = w.customers;
  const { text, number, change } = useAddress();
  const go = useNavigate();
  const asked = { prefix: text("prefix"), offset: number("offset", 0), count: SIZE };
  const query = useQuery({ queryKey: ["customers", asked], queryFn: () => api.customers(asked) });
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
        <Loaded query={query} rows={14}>
          {(page) =>
            page.customers.length === 0 ? (
              <Empty title={c.empty} help={c.emptyHelp} />
            ) : (
              <>
                <Rows
                  label={c.title}
                  rows={page.customers}
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
                <Pager
                  total={page.total}
                  offset={page.offset}
                  size={SIZE}
                  onOffset={(offset) => change({ offset: offset || null }, { push: true })}
                />
              </>
            )
          }
        </Loaded>
      </Panel>
    </Page>
  );
}
