// A query's three states in one place: waiting, refused, here. Old data stays while new is fetched.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useWords } from "../words";
import { Refused } from "./Refused";
import { Waiting } from "./Waiting";

export function Loaded<T>({ query, rows, children }: { query: UseQueryResult<T, Error>; rows?: number; children: (data: T) => ReactNode }) {
  const { w } = useWords();
  if (query.data !== undefined && !(query.error && query.isPlaceholderData))
    return (
      <div className="loaded" data-stale={query.isPlaceholderData}>
        {children(query.data)}
      </div>
    );
  if (query.error) return <Refused error={query.error} retry={query.refetch} />;
  return <Waiting label={w.common.loading} rows={rows} />;
}
