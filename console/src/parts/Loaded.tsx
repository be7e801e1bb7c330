// A query's three states in one place: waiting, refused, here. Old data stays while new is fetched.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useWords } from "../words";
import { Refused } from "./Refused";
import { Waiting } from "./Waiting";

interface Props<T> {
  query: UseQueryResult<T, Error>;
  rows?: number;
  /** Whether what waits or is refused needs room around it: in a panel without any. */
  padded?: boolean;
  children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, rows, padded, children }: Props<T>) {
  const { w } = useWords();
  if (query.data !== undefined && !(query.error && query.isPlaceholderData))
    return (
      <div className="loaded" data-stale={query.isPlaceholderData}>
        {children(query.data)}
      </div>
    );
  const instead = query.error ? <Refused error={query.error} retry={query.refetch} /> : <Waiting label={w.common.loading} rows={rows} />;
  return padded ? <div className="padded">{instead}</div> : instead;
}
