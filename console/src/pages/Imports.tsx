// Imports so far, newest first, made here and on the command line.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { api } from "../api";
import { count, moment } from "../format";
import { DataPage } from "../parts/DataPage";
import { Empty } from "../parts/Empty";
import { ImportJob } from "../parts/ImportJob";
import { ImportedBy, ImportState } from "../parts/ImportState";
import { useJobs } from "../parts/JobList";
import { Loaded } from "../parts/Loaded";
import { Owners } from "../parts/Owners";
import { Panel } from "../parts/Page";
import { Rows, type Column } from "../parts/Rows";
import type { Import } from "../wire";
import { useWords } from "../words";

export default function Imports() {
  return (
    <DataPage>
      <Owners>
        <Body />
      </Owners>
    </DataPage>
  );
}

const pathOf = ({ id }: Import) => `/data/imports/${encodeURIComponent(id)}`;

/** The newest import once the job that made it has ended. */
function Ended({ newest }: { newest: Import | undefined }) {
  const { w } = useWords();
  const { jobs, isRunning } = useJobs("import");
  const job = jobs[0];
  if (isRunning || !job?.ended_at) return null;
  if (job.state === "failed")
    return (
      <p className="notice" data-tone="bad" role="status">
        {job.note}
      </p>
    );
  if (!newest?.ended_at || Date.parse(newest.ended_at) < Date.parse(job.started_at)) return null;
  return (
    <p className="notice between" role="status">
      {w.imports.ended} <Link to={pathOf(newest)}>{w.imports.see}</Link>
    </p>
  );
}

function Body() {
  const { w } = useWords();
  const i = w.imports;
  const query = useQuery({ queryKey: ["imports"], queryFn: api.imports });
  const columns = useColumns();
  const go = useNavigate();
  return (
    <>
      <ImportJob />
      <Ended newest={query.data?.imports[0]} />
      <Panel title={i.list} flush>
        <Loaded query={query} rows={6} padded>
          {({ imports }) =>
            imports.length === 0 ? (
              <Empty title={i.empty} help={i.emptyHelp}>
                <Link to="/data/import">{w.data.tabImport}</Link>
              </Empty>
            ) : (
              <Rows label={i.list} columns={columns} rows={imports} rowKey={({ id }) => id} onOpen={(row) => void go(pathOf(row))} fold={50} />
            )
          }
        </Loaded>
      </Panel>
    </>
  );
}

/** A file that is read in two ways is told once. */
const namesOf = ({ files, skipped }: Import) => [...new Set([...files.map(({ name }) => name), ...skipped])].join(", ") || "–";

function useColumns(): Column<Import>[] {
  const { w, language } = useWords();
  const i = w.imports;
  const number = (key: "new" | "known" | "repeated" | "quarantined"): Column<Import> => ({
    key,
    title: i[key],
    align: "right",
    cell: (row) => <span className={key === "quarantined" && row[key] > 0 ? "bad" : undefined}>{count(row[key], language)}</span>,
  });
  return [
    { key: "at", title: i.started, lead: true, cell: (row) => <Link to={pathOf(row)}>{moment(row.started_at)}</Link> },
    { key: "state", title: i.state, lead: true, cell: (row) => <ImportState of={row} /> },
    { key: "files", title: i.files, lead: true, cell: (row) => namesOf(row) },
    { key: "layout", title: i.layout, cell: (row) => row.preset ?? i.ownMapping },
    { key: "by", title: i.by, cell: (row) => <ImportedBy by={row.by} /> },
    number("new"),
    number("known"),
    number("repeated"),
    number("quarantined"),
  ];
}
