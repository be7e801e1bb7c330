// A list that is read backwards from now: waiting, refused, empty, rows, and older ones on asking.
import { useInfiniteQuery, type QueryKey } from "@tanstack/react-query";
import { Button } from "antd";
import { gather, type Part } from "../past";
import { useWords } from "../words";
import { Empty } from "./Empty";
import { Refused } from "./Refused";
import { Rows, type RowsProps } from "./Rows";
import { Waiting } from "./Waiting";

type Read<T> = (before: number | null, count: number, signal: AbortSignal) => Promise<Part<T>>;

/** The past in pages of `size`, each gathered from as many parts as it takes. */
export function usePast<T>(queryKey: QueryKey, size: number, read: Read<T>) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => gather(pageParam, size, (before, count) => read(before, count, signal)),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
}

interface Props<T> extends Omit<RowsProps<T>, "rows"> {
  query: ReturnType<typeof usePast<T>>;
  empty: string;
  emptyHelp?: string;
}

export function PastRows<T>({ query, empty, emptyHelp, ...table }: Props<T>) {
  const { w } = useWords();
  const rows = query.data?.pages.flatMap((page) => page.rows);
  if (!rows)
    return (
      <div className="padded">
        {query.error ? <Refused error={query.error} retry={query.refetch} /> : <Waiting label={w.common.loading} rows={12} />}
      </div>
    );
  if (rows.length === 0) return <Empty title={empty} help={emptyHelp} />;
  return (
    <>
      <Rows {...table} rows={rows} />
      <div className="more">
        {query.hasNextPage ? (
          <Button type="text" size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {w.common.more}
          </Button>
        ) : (
          w.common.end
        )}
      </div>
    </>
  );
}
