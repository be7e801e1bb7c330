// A version's card: metrics against an earlier version, gates, what made it.
import { Select } from "antd";
import type { ReactNode } from "react";
import { bytes, count, moment, signed, span } from "../format";
import { gatesOf, reportOf, turnOf, type Turn } from "../gates";
import type { Card, Metric, ModelVersion } from "../wire";
import { fill, useWords } from "../words";
import type { Words } from "../words/en";
import { Badge, Facts } from "./Figure";
import { useJobs } from "./JobList";
import { Panel } from "./Page";
import { Rows } from "./Rows";

interface Props {
  version: ModelVersion;
  before?: ModelVersion;
  older: ModelVersion[];
  actions: ReactNode;
  onAgainst: (version: number) => void;
}

export function ModelCard({ version, before, older, actions, onAgainst }: Props) {
  const { w } = useWords();
  const m = w.models;
  const { card } = version;
  const heading = `${version.name} ${fill(w.common.version, { version: version.version })}`;
  if (!card)
    return (
      <Panel title={heading} actions={actions}>
        <p className="bad">{version.damage}</p>
      </Panel>
    );
  const protocol = card.metrics[0]?.protocol;
  const against = older.length > 1 && before && (
    <Select
      size="small"
      aria-label={m.compareWith}
      value={before.version}
      onChange={onAgainst}
      options={older.map((each) => ({ value: each.version, label: fill(m.before, { version: each.version }) }))}
    />
  );
  return (
    <div className="stack">
      <Panel
        title={`${heading} · ${m.metrics}`}
        hint={protocol && fill(m.protocol, { protocol })}
        actions={
          <>
            {against}
            {actions}
          </>
        }
        flush
      >
        <Metrics card={card} before={before} />
      </Panel>
      <div className="columns">
        <Gates version={version} />
        <Panel title={m.card}>
          <Making card={card} />
        </Panel>
      </div>
    </div>
  );
}

/** `blend.ndcg@10` is the metric of one channel beside the whole. */
function metricName(name: string, w: Words): string {
  const [head = "", ...rest] = name.split(".");
  if (rest.length === 0) return w.metrics[name] ?? name;
  const whole = rest.join(".");
  return `${w.metrics[head] ?? head} · ${w.metrics[whole] ?? whole}`;
}

function Metrics({ card, before }: { card: Card; before?: ModelVersion }) {
  const { w, language } = useWords();
  const m = w.models;
  const old = new Map(before?.card?.metrics.map((metric) => [metric.name, metric.value]));
  const digits = (value: number) => (Number.isInteger(value) && Math.abs(value) > 1 ? 0 : 4);
  const say = (value: number | undefined) => (value === undefined ? "–" : count(value, language, digits(value)));
  const tones: Record<Turn, string> = { better: "good", worse: "bad", equal: "soft", neutral: "soft" };
  const marks: Record<Turn, string> = { better: `▲ ${m.better}`, worse: `▼ ${m.worse}`, equal: m.equal, neutral: "" };
  const difference = (metric: Metric) => {
    const was = old.get(metric.name);
    const turn = turnOf(metric, was);
    return was === undefined ? (
      "–"
    ) : (
      <span className={tones[turn]}>
        {signed(metric.value - was, language, digits(metric.value))} {marks[turn]}
      </span>
    );
  };
  const interval = (metric: Metric) =>
    metric.interval && (
      <small className="soft">
        {" "}
        [{say(metric.interval[0])}, {say(metric.interval[1])}]
      </small>
    );
  return (
    <>
      <Rows
        label={m.metrics}
        rows={card.metrics}
        rowKey={(metric) => metric.name}
        columns={[
          {
            key: "name",
            title: m.metric,
            lead: true,
            cell: (metric) => (
              <>
                {metricName(metric.name, w)}{" "}
                <small className="soft">
                  <code>{metric.name}</code>
                </small>
              </>
            ),
          },
          {
            key: "now",
            title: m.now,
            align: "right",
            cell: (metric) => (
              <>
                <b>{say(metric.value)}</b>
                {interval(metric)}
              </>
            ),
          },
          ...(before
            ? [
                {
                  key: "before",
                  title: fill(m.before, { version: before.version }),
                  align: "right" as const,
                  cell: (metric: Metric) => say(old.get(metric.name)),
                },
                { key: "difference", title: m.difference, align: "right" as const, cell: difference },
              ]
            : []),
        ]}
      />
      {!before && <p className="soft more">{m.noBefore}</p>}
    </>
  );
}

function Gates({ version }: { version: ModelVersion }) {
  const { w } = useWords();
  const { jobs } = useJobs("train");
  const report = reportOf(jobs, version.name, version.version);
  const gates = gatesOf(report ?? "");
  return (
    <Panel title={w.models.gates} hint={w.models.gatesHelp}>
      {gates.length === 0 ? (
        <p className="soft">{w.models.gatesNone}</p>
      ) : (
        <ul className="verdicts">
          {gates.map((gate) => (
            <Verdict key={gate.text} passed={gate.passed} text={gate.text} />
          ))}
        </ul>
      )}
      {version.card?.notes && (
        <>
          <h3>{w.models.notes}</h3>
          <p>{version.card.notes}</p>
        </>
      )}
    </Panel>
  );
}

export function Verdict({ passed, text }: { passed: boolean; text: string }) {
  return (
    <li>
      <Badge tone={passed ? "good" : "bad"}>{passed ? "✓" : "✗"}</Badge>
      <span>{text}</span>
    </li>
  );
}

function Making({ card }: { card: Card }) {
  const { w, language } = useWords();
  const m = w.models;
  const number = (value: number) => count(value, language);
  return (
    <Facts
      pairs={[
        [m.made, moment(card.made_at)],
        [m.facts, `${number(card.offsets[0])} – ${number(card.offsets[1])}`],
        [
          m.times,
          <>
            {moment(card.times[0])}
            <br />
            {moment(card.times[1])}
          </>,
        ],
        [m.rows, number(card.rows)],
        [m.took, span(card.train_s, language, w)],
        [m.memory, bytes(card.peak_memory_bytes, language)],
        [m.size, bytes(card.artefact_bytes, language)],
        [m.seed, card.seed],
        [m.options, <code key="o">{card.options}</code>],
        [m.sha, <code key="s">{card.artefact_sha256}</code>],
      ]}
    />
  );
}
