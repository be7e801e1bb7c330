// A line chart with the table behind it. The drawing library is loaded while the first one's data come.
import { Segmented } from "antd";
import { lazy, Suspense, useState } from "react";
import { clock, count } from "../format";
import { useWords } from "../words";
import { Panel } from "./Page";
import { Rows } from "./Rows";
import { Waiting } from "./Waiting";

const plot = import("./Plot");
const Plot = lazy(() => plot);

export interface Line {
  name: string;
  /** Nothing was measured where it is null: the line breaks. */
  values: (number | null | undefined)[];
  dashed?: boolean;
}
interface Props {
  title: string;
  unit: string;
  times: string[];
  lines: Line[];
  digits: number;
}

export function Chart({ title, unit, times, lines, digits }: Props) {
  const { w, language } = useWords();
  const [view, setView] = useState<"chart" | "table">("chart");
  const columns = [
    { key: "at", title: w.overview.time, lead: true, cell: (at: number) => clock(times[at] ?? "") },
    ...lines.map((line) => ({
      key: line.name,
      title: line.name,
      align: "right" as const,
      cell: (at: number) => count(line.values[at], language, digits),
    })),
  ];
  const toggle = (
    <Segmented
      size="small"
      value={view}
      onChange={setView}
      aria-label={`${title}: ${w.common.chart} / ${w.common.table}`}
      options={[
        { value: "chart", label: w.common.chart },
        { value: "table", label: w.common.table },
      ]}
    />
  );
  return (
    <Panel title={title} hint={unit} actions={toggle}>
      {view === "chart" ? (
        <figure className="plot" aria-label={`${title}, ${unit}`}>
          <ul className="legend">
            {lines.map((line, at) => (
              <li key={line.name} data-line={at}>
                {line.name}
              </li>
            ))}
          </ul>
          <Suspense fallback={<Waiting label={w.common.loading} rows={5} />}>
            <Plot times={times} lines={lines} digits={digits} />
          </Suspense>
        </figure>
      ) : (
        <div className="behind">
          <Rows label={title} columns={columns} rows={times.map((_, at) => times.length - 1 - at)} rowKey={(at) => times[at] ?? at} />
        </div>
      )}
    </Panel>
  );
}
