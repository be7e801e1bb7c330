// A slate: each item with its score, channels and reasons; below, what was stopped and from where.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api } from "../api";
import type { Comparison, Mark } from "../compare";
import { chance, count, money, title } from "../format";
import type { Answer, Choice } from "../wire";
import { fill, named, useWords } from "../words";
import { Badge } from "./Figure";
import { ItemName, Picture, useItem, useTitles } from "./ItemName";
import { PartBars, PartStrip } from "./PartBars";
import { RoleButton } from "./RoleButton";
import { Stopped } from "./Stopped";
import { itemsOf, Why } from "./Why";

interface Props {
  answer: Answer;
  comparison?: Comparison;
  onClick?: (item: string, decision: string) => void;
  clicked: string | null;
}

export function Slate({ answer, comparison, onClick, clicked }: Props) {
  const { w } = useWords();
  const titleOf = useTitles(answer.items.flatMap((choice) => choice.reasons?.flatMap(itemsOf) ?? []));
  return (
    <>
      <div className="badges" style={{ padding: "0 16px 10px" }}>
        {answer.degraded && <Badge tone="warn">{fill(w.recommend.degraded, { why: answer.degraded })}</Badge>}
        {answer.scenario && <Badge tone="accent">{named(w.scenarios, answer.scenario)}</Badge>}
        <Badge>{answer.personal ? w.recommend.personal : w.recommend.notPersonal}</Badge>
        {answer.models.map((model) => (
          <Badge key={model.name}>
            {model.name} {fill(w.common.version, { version: model.version })}
          </Badge>
        ))}
        {answer.arms.map((arm) => (
          <Badge key={arm.experiment}>
            {arm.experiment}: {arm.arm}
          </Badge>
        ))}
      </div>
      <div className="slate-body">
        <ol className="slate">
          {answer.items.map((choice) => (
            <Line
              key={choice.item_id}
              choice={choice}
              mark={comparison?.marks.get(choice.item_id)}
              titleOf={titleOf}
              onClick={onClick && (() => onClick(choice.item_id, answer.decision_id))}
              isClicked={clicked === choice.item_id}
              isBarred={clicked !== null}
            />
          ))}
        </ol>
        <div className="slate-foot">
          {comparison && comparison.gone.length > 0 && (
            <div>
              <h3>{w.recommend.goneList}</h3>
              <div className="thumbs" style={{ marginTop: 6, gap: 10 }}>
                {comparison.gone.map((id) => (
                  <ItemName key={id} id={id} />
                ))}
              </div>
            </div>
          )}
          <Channels items={answer.items} />
          <Stops id={answer.decision_id} />
          <Link to={`/decisions/${answer.decision_id}`}>{w.recommend.decision}</Link>
        </div>
      </div>
    </>
  );
}

export function MarkBadge({ mark }: { mark: Mark }) {
  const { w } = useWords();
  const r = w.recommend;
  if (mark.kind === "new") return <Badge tone="accent">{r.new}</Badge>;
  if (mark.kind === "up") return <Badge tone="good">▲ {fill(r.up, { n: mark.by })}</Badge>;
  if (mark.kind === "down") return <Badge tone="warn">▼ {fill(r.down, { n: mark.by })}</Badge>;
  return null;
}

interface LineProps {
  choice: Choice;
  mark?: Mark;
  titleOf: (id: string) => string;
  onClick?: () => void;
  isClicked: boolean;
  isBarred: boolean;
}

function Line({ choice, mark, titleOf, onClick, isClicked, isBarred }: LineProps) {
  const { w, language } = useWords();
  const r = w.recommend;
  const { data: item } = useItem(choice.item_id);
  return (
    <li data-mark={mark?.kind}>
      <span className="place">{choice.place + 1}</span>
      <Picture src={item?.image} size={44} />
      <div className="stack" style={{ gap: 3 }}>
        <div className="head">
          <Link to={`/items?item=${encodeURIComponent(choice.item_id)}`}>{item ? title(item, language) : choice.item_id}</Link>
          <span className="badges">
            {mark && <MarkBadge mark={mark} />}
            <span className="price">{item && money(item.price, item.currency, language)}</span>
          </span>
        </div>
        {choice.reasons && choice.reasons.length > 0 && (
          <p className="why">
            {choice.reasons.map((reason, at) => (
              <span key={reason.code + at}>
                {at > 0 && (language === "zh" ? "；" : "; ")}
                <Why reason={reason} titleOf={titleOf} />
              </span>
            ))}
          </p>
        )}
        <div className="badges">
          {choice.channels?.map((channel) => (
            <Badge key={channel}>{named(w.channels, channel)}</Badge>
          ))}
        </div>
        <div className="line">
          <span>
            {r.score} <b>{count(choice.score, language, 4)}</b>
          </span>
          {choice.parts && <PartStrip parts={choice.parts} />}
          <span title={r.propensityHelp}>
            {r.propensity} {chance(choice.propensity, language)}
          </span>
          <RoleButton
            need="marketer"
            size="small"
            type="text"
            hint={onClick ? r.clickHelp : r.clickNeedsCustomer}
            disabled={!onClick || (isBarred && !isClicked)}
            loading={isClicked}
            onClick={onClick}
          >
            {r.click}
          </RoleButton>
        </div>
        {choice.parts && (
          <details>
            <summary>{r.parts}</summary>
            <PartBars parts={choice.parts} score={choice.score} />
          </details>
        )}
      </div>
    </li>
  );
}

function Channels({ items }: { items: Choice[] }) {
  const { w } = useWords();
  const numbers = new Map<string, number>();
  for (const channel of items.flatMap((choice) => choice.channels ?? [])) numbers.set(channel, (numbers.get(channel) ?? 0) + 1);
  if (numbers.size === 0) return null;
  return (
    <div>
      <h3>{w.recommend.perChannel}</h3>
      <p className="soft" style={{ fontSize: 12, marginBottom: 4 }}>
        {w.recommend.perChannelHelp}
      </p>
      <ul className="counts">
        {[...numbers]
          .sort((one, other) => other[1] - one[1])
          .map(([channel, n]) => (
            <li key={channel}>
              <span>{named(w.channels, channel)}</span>
              <span className="track">
                <i style={{ width: `${(n / items.length) * 100}%` }} />
              </span>
              <span className="number">{n}</span>
            </li>
          ))}
      </ul>
    </div>
  );
}

function Stops({ id }: { id: string }) {
  const { w, language } = useWords();
  const { data } = useQuery({
    queryKey: ["decision", id],
    queryFn: () => api.decision(id),
    staleTime: Infinity,
    placeholderData: undefined,
  });
  if (!data) return null;
  return (
    <div>
      <h3>{w.recommend.stopped}</h3>
      <p className="soft" style={{ fontSize: 12, marginBottom: 4 }}>
        {w.recommend.considered} {count(data.considered_total, language)} · {w.recommend.chosen} {count(data.chosen.length, language)}
      </p>
      <Stopped stops={data.stopped} />
    </div>
  );
}
