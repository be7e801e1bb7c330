// Ask as any customer, see why, change something beside it, click and see what changes.
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import { useAddress } from "../address";
import { api } from "../api";
import { compareSlates, isSame, type Comparison } from "../compare";
import { count, milliseconds } from "../format";
import { AskBar } from "../parts/AskBar";
import { ChangesForm } from "../parts/ChangesForm";
import { Empty } from "../parts/Empty";
import { useTitles } from "../parts/ItemName";
import { Loaded } from "../parts/Loaded";
import { Page, Panel } from "../parts/Page";
import { Refused } from "../parts/Refused";
import { Slate } from "../parts/Slate";
import { askOf, list, readChanges, tidyChanges, wantsItems, type Question } from "../slate";
import type { Answer, Ask } from "../wire";
import { fill, useWords } from "../words";

interface Click {
  item: string;
  event_ms: number;
  ask_ms: number;
  before: string[];
}

const keyOf = (surface: string, ask: Ask, round: number) => ["slate", "ask", surface, ask, round];
const idsOf = (answer?: Answer) => answer?.items.map((choice) => choice.item_id) ?? [];

function useSlate(surface: string, ask: Ask, round: number, isWanted: boolean): UseQueryResult<Answer, Error> {
  return useQuery({
    queryKey: keyOf(surface, ask, round),
    queryFn: () => api.recommend(surface, ask),
    enabled: isWanted,
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

export default function Recommend() {
  const { w } = useWords();
  const r = w.recommend;
  const { text, number, change } = useAddress();
  const [round, setRound] = useState(0);
  const [click, setClick] = useState<Click | null>(null);
  const question: Question = {
    customer: text("customer"),
    surface: text("surface", "home"),
    items: list(text("items")),
    count: number("count", 10),
  };
  const changes = readChanges(text("b"));
  const isComparing = text("compare") !== "";
  const lacksItems = wantsItems(question.surface) && question.items.length === 0;
  const isAsked = text("go") !== "" && !lacksItems;
  const asks = { a: askOf(question), b: askOf(question, changes) };
  const a = useSlate(question.surface, asks.a, round, isAsked);
  const isChanged = Object.keys(tidyChanges(changes)).length > 0;
  const b = useSlate(question.surface, asks.b, round, isAsked && isComparing && isChanged);
  const clicking = useClick(question, setClick, () => ({
    asks: isComparing && isChanged ? [asks.a, asks.b] : [asks.a],
    round,
    before: idsOf(a.data),
  }));
  const ask = (next: Question) => {
    setClick(null);
    setRound((old) => old + 1);
    change(
      {
        customer: next.customer,
        surface: next.surface === "home" ? null : next.surface,
        items: next.items.join(","),
        count: next.count === 10 ? null : next.count,
        go: 1,
      },
      { push: true },
    );
  };
  const marks = isComparing && isChanged && a.data && b.data ? compareSlates(idsOf(a.data), idsOf(b.data)) : undefined;
  const since = click && a.data && !isComparing ? compareSlates(click.before, idsOf(a.data)) : undefined;
  const onClick = question.customer ? (item: string, decision: string) => clicking.mutate({ item, decision }) : undefined;
  const sides = (
    <Segmented
      value={isComparing ? "two" : "one"}
      onChange={(value) => {
        setClick(null);
        change({ compare: value === "two" ? 1 : null });
      }}
      options={[
        { value: "one", label: r.single },
        { value: "two", label: r.compare },
      ]}
      aria-label={r.compare}
    />
  );
  return (
    <Page title={r.title} lead={r.lead} actions={sides}>
      <Panel>
        <AskBar key={JSON.stringify(question)} question={question} isAsked={isAsked} isBusy={a.isFetching || b.isFetching} onAsk={ask} />
      </Panel>
      {isComparing && (
        <Panel title={r.changes} hint={isChanged ? undefined : r.noChanges}>
          <ChangesForm
            key={text("b")}
            changes={changes}
            onApply={(next) => {
              setClick(null);
              setRound((old) => old + 1);
              const tidy = tidyChanges(next);
              change({ b: Object.keys(tidy).length ? JSON.stringify(tidy) : null, go: 1 }, { push: true });
            }}
          />
        </Panel>
      )}
      {click && <ClickNotice click={click} now={idsOf(a.data)} onForget={() => setClick(null)} />}
      {clicking.error && <Refused error={clicking.error} />}
      {!isAsked ? (
        <Panel>
          <Empty title={lacksItems ? r.needsItems : r.waiting} />
        </Panel>
      ) : (
        <div className="slates">
          <Side
            title={isComparing ? r.sideA : (w.surfaces[question.surface] ?? question.surface)}
            query={a}
            comparison={since}
            onClick={onClick}
            clicked={clicking.isPending ? clicking.variables.item : null}
          />
          {isComparing && isChanged && (
            <Side
              title={r.sideB}
              query={b}
              comparison={marks}
              onClick={onClick}
              clicked={clicking.isPending ? clicking.variables.item : null}
            />
          )}
        </div>
      )}
    </Page>
  );
}

/** Sends a view of an item, asks again, and measures both. */
function useClick(
  { customer, surface }: Question,
  onDone: (click: Click) => void,
  look: () => { asks: Ask[]; round: number; before: string[] },
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ item, decision }: { item: string; decision: string }) => {
      const { asks, round, before } = look();
      const start = performance.now();
      await api.event({
        event_id: `console-${crypto.randomUUID?.() ?? Date.now()}`,
        event: "view_item",
        customer_id: customer,
        items: [{ item_id: item }],
        decision_id: decision,
      });
      const kept = performance.now();
      const [first, ...others] = asks;
      if (first) queries.setQueryData(keyOf(surface, first, round), await api.recommend(surface, first));
      const answered = performance.now();
      for (const ask of others) queries.setQueryData(keyOf(surface, ask, round), await api.recommend(surface, ask));
      onDone({ item, before, event_ms: kept - start, ask_ms: answered - kept });
    },
  });
}

function ClickNotice({ click, now, onForget }: { click: Click; now: string[]; onForget: () => void }) {
  const { w, language } = useWords();
  const titleOf = useTitles([click.item]);
  const difference = compareSlates(click.before, now);
  const said = {
    item: titleOf(click.item),
    event: milliseconds(click.event_ms, language),
    ask: milliseconds(click.ask_ms, language),
    fresh: difference.fresh,
    moved: difference.up + difference.down,
    gone: difference.gone.length,
  };
  return (
    <div className="notice between" role="status">
      <span>{fill(isSame(difference) ? w.recommend.clickedSame : w.recommend.clicked, said)}</span>
      <button type="button" className="ant-btn ant-btn-text ant-btn-sm ant-btn-color-default ant-btn-variant-text" onClick={onForget}>
        {w.recommend.forget}
      </button>
    </div>
  );
}

interface SideProps {
  title: string;
  query: UseQueryResult<Answer, Error>;
  comparison?: Comparison;
  onClick?: (item: string, decision: string) => void;
  clicked: string | null;
}

function Side({ title, query, comparison, onClick, clicked }: SideProps) {
  const { w, language } = useWords();
  const hint =
    comparison &&
    fill(w.recommend.difference, {
      fresh: comparison.fresh,
      up: comparison.up,
      down: comparison.down,
      gone: comparison.gone.length,
      same: comparison.same,
    });
  const took =
    query.data &&
    `${w.recommend.took} ${milliseconds(query.data.took_us / 1000, language)} ${w.units.ms} · ${fill(w.common.total, { count: count(query.data.items.length, language) })}`;
  return (
    <Panel
      title={title}
      hint={
        <>
          {took}
          {hint && (
            <>
              <br />
              <b>{hint}</b>
            </>
          )}
        </>
      }
      flush
    >
      <Loaded query={query} rows={14}>
        {(answer) =>
          answer.items.length === 0 ? (
            <Empty title={w.recommend.empty} help={w.recommend.emptyHelp} />
          ) : (
            <Slate answer={answer} comparison={comparison} onClick={onClick} clicked={clicked} />
          )
        }
      </Loaded>
    </Panel>
  );
}
