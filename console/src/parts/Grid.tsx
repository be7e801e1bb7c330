// A table as it stands in a file: any number of columns, scrolled in its own box, never turned into cards.
import type { ReactNode } from "react";

interface Props {
  label: string;
  corner: ReactNode;
  columns: readonly string[];
  rows: readonly { line: number; cells: readonly (ReactNode | null)[] }[];
  nothing: string;
}

export function Grid({ label, corner, columns, rows, nothing }: Props) {
  return (
    <div className="grid" role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map((column, at) => (
              <th key={at} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ line, cells }) => (
            <tr key={line}>
              <th scope="row">{line}</th>
              {columns.map((_, at) => (
                <td key={at}>{cells[at] ?? <span className="soft">{nothing}</span>}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
