// An item as people know it: picture and title, looked up by id and kept.
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { itemOf } from "../lookup";
import { title } from "../format";
import { useWords } from "../words";

const known = (id: string) => ({ queryKey: ["item", id], queryFn: () => itemOf(id), staleTime: 120_000, placeholderData: undefined });

export const useItem = (id: string) => useQuery(known(id));

/** Titles of several items, by id; the id until it is known. */
export function useTitles(ids: readonly string[]): (id: string) => string {
  const { language } = useWords();
  const unique = [...new Set(ids)];
  const found = useQueries({ queries: unique.map(known) });
  const titles = new Map(unique.map((id, at) => [id, found[at]?.data ? title(found[at].data, language) : id]));
  return (id) => titles.get(id) ?? id;
}

export function Picture({ src, size = 36 }: { src?: string | null; size?: number }) {
  const [isBroken, setBroken] = useState(false);
  if (!src || isBroken) return <span className="picture" style={{ width: size, height: size }} />;
  return <img className="picture" src={src} alt="" width={size} height={size} loading="lazy" onError={() => setBroken(true)} />;
}

/** Opens the item's drawer on the items page. */
export function ItemName({ id, size }: { id: string; size?: number }) {
  const { language } = useWords();
  const { data } = useItem(id);
  return (
    <Link className="item-name" to={`/items?item=${encodeURIComponent(id)}`}>
      <Picture src={data?.image} size={size ?? 28} />
      <span>
        {data ? title(data, language) : id}
        <small>{id}</small>
      </span>
    </Link>
  );
}
