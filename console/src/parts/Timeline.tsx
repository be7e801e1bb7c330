// What a customer did, newest first, older on scrolling; days stand as headings.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { api } from "../api";
import { clock, count, day, title } from "../format";
import { gather } from "../past";
import type { TimelineEntry } from "../wire";
import { fill, named, useWords } from "../words";
import { Empty } from "./Empty";
import { Badge } from "./Figure";
import { ItemName } from "./ItemName";
import { Refused } from "./Refused";
import { Waiting } from "./Waiting";

const SIZE = 50;
const SHOWN = 3;
const SAID: Record<string, "good" | "warn"> = { granted: "good", declined: "warn" };

export function Timeline({ id }: { id: string }) {
  const { w } = useWords();
  const query = useInfiniteQuery({
    queryKey: ["timeline", id],
    queryFn: ({ pageParam, signal }) =>
      gather(pageParam, SIZE, async (before, count) => {
        const { entries, next } = await api.timeline(id, { before, count }, signal);
        return { rows: entries, next: next ?? null };
      }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    placeholderData: undefined,
  });
  const end = useRef<HTMLDivElement>(null);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  useEffect(() => {
    if (!end.current || !hasNextPage || isFetchingNextPage) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), { rootMargin: "400px" });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const entries = query.data?.pages.flatMap((page) => page.rows);
  if (!entries)
    return (
      <div style={{ padding: 16 }}>
        {query.error ? <Refused error={query.error} retry={query.refetch} /> : <Waiting label={w.common.loading} rows={12} />}
      </div>
    );
  if (entries.length === 0) return <Empty title={w.customers.timelineEmpty} help={w.customers.timelineEmptyHelp} />;
  return (
    <div className="timeline">
      {[...Map.groupBy(entries, (entry) => day(entry.at))].map(([date, those]) => (
        <section key={date}>
          <h2>{date}</h2>
          <ol>
            {those.map((entry) => (
              <Entry key={entry.offset} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      <div ref={end} className="more">
        {query.error ? (
          <Refused error={query.error} retry={fetchNextPage} />
        ) : hasNextPage ? (
          <Button size="small" type="text" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {w.common.more}
          </Button>
        ) : (
          w.common.end
        )}
      </div>
    </div>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { w, language } = useWords();
  const where = [entry.channel, entry.place].filter(Boolean).join(" · ");
  const [about = "", word = ""] = entry.said?.split(" ") ?? [];
  const isShowing = entry.event === "view_item_list";
  const shown = entry.items.slice(0, isShowing ? 0 : SHOWN);
  const rest = entry.items.slice(shown.length);
  return (
    <li>
      <time dateTime={entry.at}>{clock(entry.at)}</time>
      <span className="what">
        {["purchase", "add_to_cart"].includes(entry.event) ? <b>{named(w.events, entry.event)}</b> : named(w.events, entry.event)}
        {where && (
          <small className="soft" style={{ display: "block" }}>
            {where}
          </small>
        )}
      </span>
      <div className="stack" style={{ gap: 5, justifyItems: "start" }}>
        {shown.map((item) => (
          <ItemName key={item.item_id} id={item.item_id} />
        ))}
        {rest.length > 0 && (
          <details>
            <summary className="soft">
              {isShowing ? fill(w.common.total, { count: rest.length }) : fill(w.customers.moreItems, { count: rest.length })}
            </summary>
            <ul>
              {rest.map((item) => (
                <li key={item.item_id} style={{ display: "block", padding: 0, border: 0 }}>
                  <Link to={`/items?item=${encodeURIComponent(item.item_id)}`}>{title(item, language)}</Link>
                </li>
              ))}
            </ul>
          </details>
        )}
        {entry.query && <span>“{entry.query}”</span>}
        {entry.said && (
          <span>
            {named(w.purposes, about)} <Badge tone={SAID[word]}>{named(w.said, word)}</Badge>
          </span>
        )}
        {typeof entry.value === "number" && (
          <Badge>
            {w.customers.worth} {count(entry.value, language, 2)}
          </Badge>
        )}
        {entry.decision_id && <Link to={`/decisions/${entry.decision_id}`}>{w.customers.decision}</Link>}
      </div>
    </li>
  );
}
