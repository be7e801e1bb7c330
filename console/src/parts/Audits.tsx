// Who did what to the server, newest first.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useAddress } from "../address";
import { api } from "../api";
import { moment } from "../format";
import { useWords } from "../words";
import { Empty } from "./Empty";
import { Panel } from "./Page";
import { Refused } from "./Refused";
import { Rows } from "./Rows";
import { Typed } from "./Typed";
import { Waiting } from "./Waiting";

const SIZE = 50;

export function Audits() {
  const { w } = useWords();
  const s = w.settings;
  const { text, change } = useAddress();
  const asked = { actor: text("actor"), action: text("action"), count: SIZE };
  const query = useInfiniteQuery({
    queryKey: ["audits", asked],
    queryFn: ({ pageParam }) => api.audits({ ...asked, before: pageParam }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < SIZE ? null : (page.at(-1)?.offset ?? null)),
    staleTime: 0,
  });
  const rows = query.data?.pages.flat();
  return (
    <div className="stack">
      <div className="filters" role="search">
        <Typed
          style={{ width: 200 }}
          placeholder={s.actor}
          aria-label={s.actor}
          value={asked.actor}
          onValue={(actor) => change({ actor })}
        />
        <Typed
          style={{ width: 200 }}
          placeholder={s.action}
          aria-label={s.action}
          value={asked.action}
          onValue={(action) => change({ action })}
        />
      </div>
      <Panel title={s.tabAudits} hint={s.auditsHelp} flush>
        {!rows ? (
          <div style={{ padding: 16 }}>
            {query.error ? <Refused error={query.error} retry={query.refetch} /> : <Waiting label={w.common.loading} />}
          </div>
        ) : rows.length === 0 ? (
          <Empty title={s.auditsEmpty} />
        ) : (
          <>
            <Rows
              label={s.tabAudits}
              rows={rows}
              rowKey={(row) => row.offset}
              columns={[
                { key: "at", title: w.common.at, cell: (row) => moment(row.at) },
                { key: "actor", title: s.actor, cell: (row) => row.actor },
                { key: "action", title: s.action, cell: (row) => <code>{row.action}</code> },
                { key: "subject", title: s.subject, cell: (row) => <code>{row.subject}</code> },
                { key: "note", title: s.note, lead: true, cell: (row) => row.note },
              ]}
            />
            <div className="more">
              {query.hasNextPage ? (
                <Button size="small" type="text" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {w.common.more}
                </Button>
              ) : (
                w.common.end
              )}
            </div>
          </>
        )}
      </Panel>
    </div>
  );
}
