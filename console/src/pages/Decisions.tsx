// Every decision, newest first: by kind, customer, or lesser answers only.
import { Button, Checkbox, Select } from "antd";
import { Link, useNavigate } from "react-router";
import { useAddress } from "../address";
import { api } from "../api";
import { count, milliseconds, moment } from "../format";
import { Badge } from "../parts/Figure";
import { Page, Panel } from "../parts/Page";
import { PastRows, usePast } from "../parts/PastRows";
import type { Column } from "../parts/Rows";
import { Typed } from "../parts/Typed";
import type { DecisionRow } from "../wire";
import { fill, named, useWords } from "../words";

const SIZE = 30;

export default function Decisions() {
  const { w } = useWords();
  const d = w.decisions;
  const { text, change } = useAddress();
  const go = useNavigate();
  const asked = { kind: text("kind"), customer_id: text("customer"), degraded: text("degraded") !== "" };
  const query = usePast(["decisions", asked], SIZE, async (before, count, signal) => {
    const { decisions, next } = await api.decisions({ ...asked, before, count }, signal);
    return { rows: decisions, next: next ?? null };
  });
  const columns = useColumns();
  return (
    <Page
      title={d.title}
      lead={d.lead}
      actions={
        <Button onClick={() => void query.refetch()} loading={query.isRefetching}>
          {d.refresh}
        </Button>
      }
    >
      <div className="filters" role="search">
        <Select
          style={{ width: 170 }}
          aria-label={d.kind}
          value={asked.kind}
          onChange={(kind) => change({ kind })}
          options={[
            { value: "", label: `${d.kind}: ${w.common.all}` },
            ...Object.entries(w.kinds).map(([value, label]) => ({ value, label })),
          ]}
        />
        <Typed
          style={{ width: 220 }}
          placeholder={d.customer}
          aria-label={d.customer}
          value={asked.customer_id}
          onValue={(customer) => change({ customer })}
        />
        <Checkbox checked={asked.degraded} onChange={(event) => change({ degraded: event.target.checked ? 1 : null })}>
          {d.degraded}
        </Checkbox>
      </div>
      <Panel flush>
        <PastRows
          query={query}
          empty={d.empty}
          emptyHelp={d.emptyHelp}
          label={d.title}
          columns={columns}
          rowKey={(row) => row.decision_id}
          onOpen={(row) => void go(`/decisions/${row.decision_id}`)}
        />
      </Panel>
    </Page>
  );
}

function useColumns(): Column<DecisionRow>[] {
  const { w, language } = useWords();
  const d = w.decisions;
  const who = (row: DecisionRow) =>
    row.customer_id ? (
      <Link to={`/customers/${encodeURIComponent(row.customer_id)}`}>{row.customer_id}</Link>
    ) : (
      (row.device_id ?? row.session_id ?? <span className="soft">{d.nobody}</span>)
    );
  return [
    { key: "at", title: d.at, lead: true, cell: (row) => <Link to={`/decisions/${row.decision_id}`}>{moment(row.at)}</Link> },
    { key: "kind", title: d.kind, cell: (row) => named(w.kinds, row.kind) },
    { key: "who", title: d.who, cell: who },
    { key: "considered", title: d.considered, align: "right", cell: (row) => count(row.considered, language) },
    { key: "stopped", title: d.stopped, align: "right", cell: (row) => count(row.stopped, language) },
    { key: "chosen", title: d.chosen, align: "right", cell: (row) => count(row.chosen, language) },
    { key: "took", title: `${d.took} (${w.units.ms})`, align: "right", cell: (row) => milliseconds(row.took_us / 1000, language) },
    {
      key: "model",
      title: d.models,
      cell: (row) => row.models.map((model) => `${model.name} ${fill(w.common.version, { version: model.version })}`).join(", ") || "–",
    },
    { key: "arms", title: d.arms, cell: (row) => row.arms.map((arm) => `${arm.experiment}: ${arm.arm}`).join(", ") || "–" },
    {
      key: "state",
      title: w.models.state,
      cell: (row) => (
        <span className="badges">
          {row.degraded && <Badge tone="warn">{d.lesser}</Badge>}
          {!row.personal && <Badge>{d.notPersonal}</Badge>}
        </span>
      ),
    },
  ];
}
