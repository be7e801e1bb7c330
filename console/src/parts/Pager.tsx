// Pages of a list that the server cuts.
import { Pagination } from "antd";
import { fill, useWords } from "../words";
import { count } from "../format";

export function Pager({
  total,
  offset,
  size,
  onOffset,
}: {
  total: number;
  offset: number;
  size: number;
  onOffset: (offset: number) => void;
}) {
  const { w, language } = useWords();
  if (total <= size) return <p className="pager soft">{fill(w.common.total, { count: count(total, language) })}</p>;
  const text = { from: count(offset + 1, language), to: count(Math.min(offset + size, total), language), total: count(total, language) };
  return (
    <nav className="pager" aria-label={w.common.pages}>
      <span className="soft">{fill(w.common.range, text)}</span>
      <Pagination
        size="small"
        total={total}
        pageSize={size}
        current={Math.floor(offset / size) + 1}
        showSizeChanger={false}
        onChange={(page) => onOffset((page - 1) * size)}
        responsive
        showLessItems
      />
    </nav>
  );
}
