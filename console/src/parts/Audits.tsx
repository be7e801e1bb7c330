// Who did what to the server, newest first.
import { useAddress } from "../address";
import { api } from "../api";
import { moment } from "../format";
import { useWords } from "../words";
import { Panel } from "./Page";
import { PastRows, usePast } from "./PastRows";
import { Typed } from "./Typed";

const SIZE = 50;

export function Audits() {
  const { w } = useWords();
  const s = w.settings;
  const { text, change } = useAddress();
  const asked = { actor: text("actor"), action: text("action") };
  const query = usePast(["audits", asked], SIZE, async (before, count) => {
    const rows = await api.audits({ ...asked, before, count });
    return { rows, next: rows.length < count ? null : (rows.at(-1)?.offset ?? null) };
  });
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
        <PastRows
          query={query}
          empty={s.auditsEmpty}
          label={s.tabAudits}
          rowKey={(row) => row.offset}
          columns={[
            { key: "at", title: w.common.at, cell: (row) => moment(row.at) },
            { key: "actor", title: s.actor, cell: (row) => row.actor },
            { key: "action", title: s.action, cell: (row) => <code>{row.action}</code> },
            { key: "subject", title: s.subject, cell: (row) => <code>{row.subject}</code> },
            { key: "note", title: s.note, lead: true, cell: (row) => row.note },
          ]}
        />
      </Panel>
    </div>
  );
}
