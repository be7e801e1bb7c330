// A list that the server cuts into pages: waiting, refused, empty, rows, and the pages below.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useAddress } from "../address";
import { Empty } from "./Empty";
import { Loaded } from "./Loaded";
import { Pager } from "./Pager";
import { Rows, type RowsProps } from "./Rows";

export interface Cut<T> {
  total: number;
  rows: T[];
}

interface Props<T> {
  query: UseQueryResult<Cut<T>, Error>;
  size: number;
  empty: string;
  emptyHelp?: string;
}
type Table<T> = Omit<RowsProps<T>, "rows"> & { list?: undefined };
/** How rows are shown where a table is not the way. */
type List<T> = { list: (rows: T[]) => ReactNode };

/** The offset stands in the URL. */
export function Paged<T>({ query, size, empty, emptyHelp, ...how }: Props<T> & (Table<T> | List<T>)) {
  const { number, change } = useAddress();
  return (
    <Loaded query={query} rows={Math.min(size, 14)} padded>
      {({ total, rows }) =>
        total === 0 ? (
          <Empty title={empty} help={emptyHelp} />
        ) : (
          <>
            {how.list ? how.list(rows) : <Rows {...how} rows={rows} />}
            <Pager total={total} offset={number("offset", 0)} size={size} onOffset={(offset) => change({ offset: offset || null }, { push: true })} />
          </>
        )
      }
    </Loaded>
  );
}
