// One decision, whole: what was asked, in which state, what came of it and why; asked again on demand.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { api } from "../api";
import { chance, count, milliseconds, moment, percent } from "../format";
import { Empty } from "../parts/Empty";
import { Badge, Facts } from "../parts/Figure";
import { ItemName, useTitles } from "../parts/ItemName";
import { Loaded } from "../parts/Loaded";
import { Page, Panel } from "../parts/Page";
import { PartBars, PartStrip } from "../parts/PartBars";
import { Refused } from "../parts/Refused";
import { Rows } from "../parts/Rows";
import { Stopped } from "../parts/Stopped";
import { itemsOf, Why } from "../parts/Why";
import type { Choice, Decision as Whole } from "../wire";
import { fill, named, useWords } from "../words";

/** Sentences shown before the reader asks for all: how it came about, and the first choices. */
const SENTENCES = 9;

export default function Decision() {
  const { id = "" } = useParams();
  return <Body key={id} id={id} />;
}

function Body({ id }: { id: string }) {
  const { w } = useWords();
  const d = w.decisions;
  const query = useQuery({ queryKey: ["decision", id], queryFn: () => api.decision(id), staleTime: Infinity });
  const replay = useMutation({ mutationFn: () => api.replay(id) });
  const button = (
    <Tooltip title={d.replayHelp}>
      <Button type="primary" loading={replay.isPending} disabled={!query.data} onClick={() => replay.mutate()}>
        {replay.isPending ? d.replaying : d.replay}
      </Button>
    </Tooltip>
  );
  return (
    <Page
      title={query.data ? named(w.kinds, query.data.kind) : d.title}
      lead={
        <>
          <Link to="/decisions">{d.back}</Link> · <code>{id}</code>
        </>
      }
      actions={button}
    >
      {replay.data && (
        <p role="status" className="notice" data-tone={replay.data.same ? undefined : "bad"}>
          {replay.data.same ? `✓ ${d.same}` : fill(d.differs, { what: replay.data.differs.join(", ") })}
        </p>
      )}
      {replay.error && <Refused error={replay.error} />}
      <Loaded query={query} rows={14}>
        {(decision) => (
          <div className="stack">
            <div className="columns">
              <Asked decision={decision} />
              <Basis decision={decision} />
            </div>
            <Sentences id={id} />
            <Chosen choices={decision.chosen} />
            <Panel title={d.stoppedTitle}>
              <Stopped stops={decision.stopped} />
            </Panel>
            <Considered decision={decision} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Asked({ decision }: { decision: Whole }) {
  const { w, language } = useWords();
  const d = w.decisions;
  const { who } = decision;
  const customer = who.customer_id && <Link to={`/customers/${encodeURIComponent(who.customer_id)}`}>{who.customer_id}</Link>;
  const pairs: [string, React.ReactNode][] = [
    [
      d.kind,
      <>
        {named(w.kinds, decision.kind)} <code className="soft">{decision.kind}</code>
      </>,
    ],
    [d.at, moment(decision.at)],
    [d.who, customer ?? (who.device_id || who.session_id ? null : d.nobody)],
    [d.device, who.device_id],
    [d.session, who.session_id],
    [d.took, `${milliseconds(decision.took_us / 1000, language)} ${w.units.ms}`],
    [d.considered, count(decision.considered_total, language)],
    [d.chosen, count(decision.chosen.length, language)],
  ];
  return (
    <Panel title={d.asked}>
      <Facts pairs={pairs.filter(([, value]) => value)} />
      <div className="badges" style={{ marginTop: 10 }}>
        <Badge>{decision.personal ? d.personal : d.notPersonal}</Badge>
        {decision.degraded && (
          <Badge tone="warn">
            {d.lesser}: {decision.degraded}
          </Badge>
        )}
        {decision.out_of_time && <Badge tone="warn">{d.outOfTime}</Badge>}
      </div>
    </Panel>
  );
}

function Basis({ decision }: { decision: Whole }) {
  const { w, language } = useWords();
  const d = w.decisions;
  const at = decision.who.customer_id && (
    <Link to={`/customers/${encodeURIComponent(decision.who.customer_id)}?tab=features&at=${encodeURIComponent(decision.at)}`}>
      {w.customers.featuresHelp}
    </Link>
  );
  const pairs: [string, React.ReactNode][] = [
    [d.itemsAsOf, count(decision.items_as_of, language)],
    [d.customersAsOf, count(decision.customers_as_of, language)],
    [
      d.models,
      decision.models.map((model) => (
        <Link key={model.name} to={`/models?version=${model.name}/${model.version}`}>
          {model.name} {fill(w.common.version, { version: model.version })}
        </Link>
      )),
    ],
    [d.policy, <code key="p">{decision.policy}</code>],
    [
      d.arms,
      decision.arms.map((arm) => `${arm.experiment}: ${arm.arm} (${percent(arm.propensity, language)})`).join(", ") || w.common.none,
    ],
    [d.consent, decision.consent_declared ? d.consentDeclared : d.consentDefault],
    [w.customers.tabFeatures, at],
  ];
  return (
    <Panel title={d.basis}>
      <Facts pairs={pairs.filter(([, value]) => value)} />
    </Panel>
  );
}

function Sentences({ id }: { id: string }) {
  const { w, language } = useWords();
  const query = useQuery({ queryKey: ["explain", id, language], queryFn: () => api.explain(id, language), staleTime: Infinity });
  const [isWhole, setWhole] = useState(false);
  const most = isWhole ? Infinity : SENTENCES;
  return (
    <Panel title={w.decisions.sentences}>
      <Loaded query={query} rows={6}>
        {({ sentences }) => (
          <>
            <ol className="sentences">
              {sentences.slice(0, most).map((sentence, at) => (
                <li key={at}>{sentence}</li>
              ))}
            </ol>
            {sentences.length > most && (
              <div className="more">
                <Button size="small" type="text" onClick={() => setWhole(true)}>
                  {fill(w.common.fullList, { count: sentences.length })}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Chosen({ choices }: { choices: Choice[] }) {
  const { w, language } = useWords();
  const d = w.decisions;
  const titleOf = useTitles(choices.flatMap((choice) => choice.reasons?.flatMap(itemsOf) ?? []));
  const why = (choice: Choice) =>
    choice.reasons?.map((reason, at) => (
      <span key={reason.code + at}>
        {at > 0 && (language === "zh" ? "；" : "; ")}
        <Why reason={reason} titleOf={titleOf} />
      </span>
    ));
  return (
    <Panel title={d.chosenTitle} hint={d.chosenHelp} flush>
      {choices.length === 0 ? (
        <Empty title={w.recommend.empty} help={w.recommend.emptyHelp} />
      ) : (
        <Rows
          label={d.chosenTitle}
          rows={choices}
          fold={10}
          rowKey={(choice) => choice.item_id}
          columns={[
            { key: "place", title: d.place, align: "right", width: 44, cell: (choice) => choice.place + 1 },
            { key: "item", title: w.items.item, lead: true, cell: (choice) => <ItemName id={choice.item_id} /> },
            { key: "score", title: w.recommend.score, align: "right", cell: (choice) => count(choice.score, language, 4) },
            { key: "propensity", title: w.recommend.propensity, align: "right", cell: (choice) => chance(choice.propensity, language) },
            {
              key: "why",
              title: w.recommend.why,
              lead: true,
              width: "32%",
              cell: (choice) => <small className="why">{why(choice)}</small>,
            },
            {
              key: "parts",
              title: w.recommend.parts,
              lead: true,
              width: "26%",
              cell: (choice) =>
                choice.parts && (
                  <details>
                    <summary>
                      <PartStrip parts={choice.parts} />
                      <span className="out">{w.recommend.parts}</span>
                    </summary>
                    <PartBars parts={choice.parts} score={choice.score} />
                  </details>
                ),
            },
          ]}
        />
      )}
    </Panel>
  );
}

function Considered({ decision }: { decision: Whole }) {
  const { w, language } = useWords();
  const d = w.decisions;
  const chosen = new Set(decision.chosen.map((choice) => choice.item_id));
  return (
    <Panel
      title={d.consideredTitle}
      hint={fill(d.consideredHelp, { shown: decision.considered.length, total: count(decision.considered_total, language) })}
      flush
    >
      <Rows
        label={d.consideredTitle}
        rows={decision.considered}
        fold={10}
        rowKey={(each) => each.what}
        columns={[
          { key: "what", title: w.items.item, lead: true, cell: (each) => <ItemName id={each.what} /> },
          { key: "score", title: w.recommend.score, align: "right", cell: (each) => count(each.score, language, 4) },
          {
            key: "channels",
            title: w.recommend.channels,
            lead: true,
            cell: (each) => (
              <span className="badges">
                {each.channels.map((channel) => (
                  <Badge key={channel}>{named(w.channels, channel)}</Badge>
                ))}
              </span>
            ),
          },
          { key: "chosen", title: d.chosen, cell: (each) => chosen.has(each.what) && <Badge tone="good">{d.chosen}</Badge> },
        ]}
      />
    </Panel>
  );
}
