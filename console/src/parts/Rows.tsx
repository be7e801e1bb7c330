// A table that becomes cards on a phone. Columns say how to show; the server sorts and pages.
import { Button } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { fill, useWords } from "../words";

export interface Column<T> {
  key: string;
  title: ReactNode;
  cell: (row: T, at: number) => ReactNode;
  align?: "right";
  /** Leads the card on a phone. */
  lead?: boolean;
  width?: number | string;
}

export interface RowsProps<T> {
  label: string;
  columns: Column<T>[];
  rows: readonly T[];
  rowKey: (row: T, at: number) => string | number;
  onOpen?: (row: T) => void;
  isMarked?: (row: T) => boolean;
  /** Rows shown before the reader asks for all. */ fold?: number;
}

export function Rows<T>({ label, columns, rows, rowKey, onOpen, isMarked, fold = Infinity }: RowsProps<T>) {
  const { w } = useWords();
  const [isWhole, setWhole] = useState(false);
  const [box, isScrolled] = useOverflow();
  const shown = isWhole ? rows : rows.slice(0, fold);
  return (
    <div ref={box} className="rows" role="group" aria-label={label} tabIndex={isScrolled ? 0 : undefined}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-align={column.align} style={{ width: column.width }}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, at) => (
            <tr
              key={rowKey(row, at)}
              data-open={Boolean(onOpen)}
              data-marked={isMarked?.(row) ?? false}
              onClick={onOpen && ((event) => isPlainClick(event) && onOpen(row))}
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  data-align={column.align}
                  data-lead={column.lead ?? false}
                  data-label={typeof column.title === "string" ? column.title : ""}
                >
                  {column.cell(row, at)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <div className="more">
          <Button size="small" type="text" onClick={() => setWhole(true)}>
            {fill(w.common.fullList, { count: rows.length })}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Whether the table is larger than its place, so that keyboards must be able to scroll it. */
function useOverflow() {
  const box = useRef<HTMLDivElement>(null);
  const [isScrolled, setScrolled] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sized = new ResizeObserver(() => setScrolled(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight));
    sized.observe(element);
    return () => sized.disconnect();
  }, []);
  return [box, isScrolled] as const;
}

/** A click on a link or button inside a row is theirs; keyboards use those. */
function isPlainClick(event: React.MouseEvent) {
  return !(event.target as HTMLElement).closest("a, button, input") && !window.getSelection()?.toString();
}
