// What is in each file, what its first rows become, and which are refused and why.
import { bytes, count } from "../format";
import type { FilePreview, ImportPreview as Preview, RefusedRow } from "../wire";
import { fill, named, useWords } from "../words";
import { FactLine } from "./FactLine";
import { Badge } from "./Figure";
import { Grid } from "./Grid";
import { Hint, Seen } from "./Seen";
import { Rows, type Column } from "./Rows";

export function ImportPreview({ preview }: { preview: Preview }) {
  return (
    <div className="stack">
      {preview.files.map((file) => (
        <OneFile key={file.name} file={file} />
      ))}
    </div>
  );
}

function OneFile({ file }: { file: FilePreview }) {
  const { w, language } = useWords();
  const m = w.import;
  const number = (value: number) => count(value, language);
  return (
    <section className="file-preview" aria-label={file.name}>
      <header className="between-row">
        <h3>
          {file.name} <small className="soft">{`${named(w.formats, file.format)} · ${bytes(file.bytes, language)}`}</small>
        </h3>
        <span className="badges">
          <Badge>{`${m.rowsRead}: ${number(file.rows_read)}`}</Badge>
          <Badge tone={file.rows_accepted > 0 ? "good" : "bad"}>{`${m.accepted}: ${number(file.rows_accepted)}`}</Badge>
          <Badge tone={file.rows_refused > 0 ? "warn" : undefined}>{`${m.refused}: ${number(file.rows_refused)}`}</Badge>
        </span>
      </header>
      {file.why && (
        <p className="notice" data-tone="bad" lang="en">
          {file.why}
        </p>
      )}
      {file.rows.length > 0 ? (
        <div>
          <h4>{m.firstRows}</h4>
          <Grid label={`${file.name}: ${m.firstRows}`} corner={m.line} columns={file.columns} rows={file.rows} nothing={m.nothing} />
        </div>
      ) : (
        !file.why && <p className="soft">{m.rowsNone}</p>
      )}
      {file.rows.length > 0 && (
        <div className="columns">
          <Becomes file={file} />
          <RefusedRows file={file} />
        </div>
      )}
    </section>
  );
}

function Becomes({ file }: { file: FilePreview }) {
  const { w } = useWords();
  const m = w.import;
  const lines = [...Map.groupBy(file.facts, ({ line }) => line)];
  return (
    <div>
      <h4>{m.becomes}</h4>
      {lines.length === 0 ? (
        <p className="soft">{m.becomesNone}</p>
      ) : (
        <ul className="becomes">
          {lines.map(([line, facts]) => (
            <li key={line}>
              <span className="soft nowrap">{fill(m.lineOf, { line })}</span>
              <div>
                {facts.map((fact, at) => (
                  <FactLine key={at} fact={fact} />
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function RefusedRows({ file }: { file: FilePreview }) {
  const { w } = useWords();
  const m = w.import;
  const columns: Column<RefusedRow>[] = [
    { key: "line", title: m.line, align: "right", cell: (row) => row.line },
    { key: "column", title: m.column, cell: (row) => <code className="word">{row.column}</code> },
    { key: "seen", title: m.seen, cell: (row) => <Seen value={row.seen} /> },
    { key: "problem", title: m.problem, lead: true, cell: (row) => named(w.problems, row.problem) },
    { key: "hint", title: m.allowed, lead: true, cell: (row) => <Hint text={row.hint} /> },
  ];
  return (
    <div>
      <h4>{m.refusedRows}</h4>
      {file.refused.length === 0 ? (
        <p className="soft">{m.refusedNone}</p>
      ) : (
        <Rows label={`${file.name}: ${m.refusedRows}`} columns={columns} rows={file.refused} rowKey={(row, at) => `${row.line} ${at}`} fold={5} />
      )}
      {file.rows_refused > file.refused.length && (
        <p className="soft">{fill(m.more, { count: file.rows_refused - file.refused.length })}</p>
      )}
    </div>
  );
}
