// One import: what came of it, why rows were set aside, and those rows page by page.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { useAddress } from "../address";
import { api } from "../api";
import { count, moment, span } from "../format";
import { DataPage } from "../parts/DataPage";
import { Empty } from "../parts/Empty";
import { Facts, Figure } from "../parts/Figure";
import { ImportedBy, ImportState } from "../parts/ImportState";
import { Loaded } from "../parts/Loaded";
import { Owners } from "../parts/Owners";
import { Paged } from "../parts/Paged";
import { Panel } from "../parts/Page";
import { Rows, type Column } from "../parts/Rows";
import { Hint, Seen } from "../parts/Seen";
import type { Complaint, Import, QuarantinedRow } from "../wire";
import { fill, named, useWords } from "../words";

const SIZE = 20;

export default function ImportReport() {
  return (
    <DataPage>
      <Owners>
        <Body />
      </Owners>
    </DataPage>
  );
}

function Body() {
  const { id = "" } = useParams();
  const { w } = useWords();
  const i = w.imports;
  const query = useQuery({ queryKey: ["imports"], queryFn: api.imports });
  return (
    <>
      <p>
        <Link to="/data/imports">← {i.all}</Link>
      </p>
      <Loaded query={query} rows={10}>
        {({ imports }) => {
          const found = imports.find((each) => each.id === id);
          return found ? (
            <One found={found} />
          ) : (
            <Panel>
              <Empty title={i.missing} />
            </Panel>
          );
        }}
      </Loaded>
    </>
  );
}

function One({ found }: { found: Import }) {
  const { w, language } = useWords();
  const i = w.imports;
  const number = (value: number) => count(value, language);
  const seconds = found.ended_at ? (Date.parse(found.ended_at) - Date.parse(found.started_at)) / 1000 : null;
  const facts: [string, React.ReactNode][] = [
    [i.by, <ImportedBy key="b" by={found.by} />],
    [i.layout, found.preset ?? i.ownMapping],
    [i.files, <FilesRead key="f" found={found} />],
  ];
  return (
    <div className="stack">
      <Panel
        title={
          <>
            {fill(i.report, { at: moment(found.started_at) })} <ImportState of={found} />
          </>
        }
        hint={found.resumed && i.resumed}
      >
        {found.failed && (
          <p className="notice" data-tone="bad" lang="en">
            {found.failed}
          </p>
        )}
        <Facts pairs={facts} />
      </Panel>
      <dl className="figures">
        <Figure name={i.new} value={number(found.new)} range={i.newHelp} />
        <Figure name={i.known} value={number(found.known)} range={i.knownHelp} />
        <Figure name={i.repeated} value={number(found.repeated)} range={i.repeatedHelp} />
        <Figure name={i.quarantined} value={number(found.quarantined)} range={i.quarantinedHelp} />
        {seconds !== null && <Figure name={i.took} value={span(seconds, language, w)} range={i.tookHelp} />}
      </dl>
      <Problems rows={found.problems} />
      {found.quarantine ? <Quarantine id={found.id} /> : found.quarantined > 0 && <p className="soft">{i.quarantineGone}</p>}
    </div>
  );
}

function FilesRead({ found }: { found: Import }) {
  const { w, language } = useWords();
  const i = w.imports;
  return (
    <ul>
      {found.files.map(({ name, rows }, at) => (
        <li key={at}>
          {name} <span className="soft">{fill(i.rowsOf, { count: count(rows, language) })}</span>
        </li>
      ))}
      {found.skipped.length > 0 && <li className="soft">{fill(i.skipped, { names: found.skipped.join(", ") })}</li>}
    </ul>
  );
}

function Problems({ rows }: { rows: Complaint[] }) {
  const { w, language } = useWords();
  const i = w.imports;
  const m = w.import;
  const columns: Column<Complaint>[] = [
    { key: "problem", title: m.problem, lead: true, cell: (row) => <b>{named(w.problems, row.problem)}</b> },
    { key: "column", title: m.column, cell: (row) => <code className="word">{row.column}</code> },
    { key: "rows", title: i.rows, align: "right", cell: (row) => count(row.rows, language) },
    { key: "first", title: i.first, cell: (row) => `${row.file}, ${fill(m.lineOf, { line: row.line })}` },
    { key: "seen", title: m.seen, cell: (row) => <Seen value={row.seen} /> },
    { key: "hint", title: m.allowed, lead: true, cell: (row) => <Hint text={row.hint} /> },
  ];
  return (
    <Panel title={i.problems} hint={i.problemsHelp} flush>
      {rows.length === 0 ? (
        <Empty title={i.problemsNone} />
      ) : (
        <Rows label={i.problems} columns={columns} rows={rows} rowKey={(row) => `${row.column}\n${row.problem}`} fold={10} />
      )}
    </Panel>
  );
}

function Quarantine({ id }: { id: string }) {
  const { w } = useWords();
  const i = w.imports;
  const m = w.import;
  const { number } = useAddress();
  const asked = { offset: number("offset", 0), count: SIZE };
  const query = useQuery({ queryKey: ["quarantine", id, asked], queryFn: () => api.quarantine(id, asked) });
  const columns: Column<QuarantinedRow>[] = [
    { key: "file", title: m.file, lead: true, cell: (row) => row.file },
    { key: "line", title: m.line, align: "right", cell: (row) => row.line },
    { key: "column", title: m.column, cell: (row) => <code className="word">{row.column}</code> },
    { key: "seen", title: m.seen, cell: (row) => <Seen value={row.seen} /> },
    { key: "problem", title: m.problem, lead: true, cell: (row) => named(w.problems, row.problem) },
    { key: "hint", title: m.allowed, lead: true, cell: (row) => <Hint text={row.hint} /> },
    { key: "row", title: i.raw, lead: true, width: "28%", cell: (row) => <code className="raw">{row.row}</code> },
  ];
  return (
    <Panel title={i.quarantine} hint={i.quarantineHelp} flush>
      <Paged
        query={query}
        size={SIZE}
        empty={i.problemsNone}
        label={i.quarantine}
        columns={columns}
        rowKey={(row, at) => `${row.file} ${row.line} ${at}`}
      />
    </Panel>
  );
}
