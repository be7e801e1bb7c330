// What guards stopped: how many, and some of them.
import { Link } from "react-router";
import type { Stop } from "../wire";
import { named, useWords } from "../words";
import { useTitles } from "./ItemName";
import { Rows } from "./Rows";

export function Stopped({ stops }: { stops: Stop[] }) {
  const { w } = useWords();
  const titleOf = useTitles(stops.flatMap((stop) => stop.examples));
  if (stops.length === 0) return <p className="soft">{w.recommend.stoppedNone}</p>;
  const examples = (stop: Stop) =>
    stop.examples.map((id, at) => (
      <span key={id}>
        {at > 0 && " · "}
        <Link to={`/items?item=${encodeURIComponent(id)}`}>{titleOf(id)}</Link>
      </span>
    ));
  return (
    <Rows
      label={w.recommend.stopped}
      rows={stops}
      rowKey={(stop) => stop.guard}
      columns={[
        {
          key: "guard",
          title: w.decisions.guard,
          cell: (stop) => (
            <>
              {named(w.guards, stop.guard)}{" "}
              <small className="soft">
                <code>{stop.guard}</code>
              </small>
            </>
          ),
        },
        { key: "count", title: w.decisions.number, align: "right", cell: (stop) => stop.count },
        { key: "examples", title: w.decisions.examples, lead: true, cell: (stop) => <small>{examples(stop)}</small> },
      ]}
    />
  );
}
