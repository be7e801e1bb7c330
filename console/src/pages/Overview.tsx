// How is it going? Flow, latency, model, and what each policy brings; live.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { api } from "../api";
import { BEAT_S, evenBeats } from "../beats";
import { ago, bytes, count, milliseconds, percent, span } from "../format";
import { Chart } from "../parts/Chart";
import { Empty } from "../parts/Empty";
import { Figure } from "../parts/Figure";
import { Interval } from "../parts/Interval";
import { Loaded } from "../parts/Loaded";
import { Page, Panel } from "../parts/Page";
import { Rows } from "../parts/Rows";
import type { Overview as Data, PolicyResult } from "../wire";
import { fill, useWords } from "../words";

export default function Overview() {
  const { w } = useWords();
  const query = useQuery({
    queryKey: ["overview"],
    queryFn: api.overview,
    refetchInterval: 1000,
    refetchIntervalInBackground: false,
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
  return (
    <Page title={w.overview.title} lead={w.overview.lead}>
      <Loaded query={query} rows={12}>
        {(data) => <Body data={data} />}
      </Loaded>
    </Page>
  );
}

function Body({ data }: { data: Data }) {
  return (
    <div className="stack">
      <Now data={data} />
      <Charts data={data} />
      <Policies policies={data.policies} />
    </div>
  );
}

function Now({ data }: { data: Data }) {
  const { w, language } = useWords();
  const o = w.overview;
  const { latency, model } = data;
  const window = fill(o.window, { s: latency.window_s });
  const ms = (value: number | null | undefined) => milliseconds(value, language);
  return (
    <dl className="figures">
      <Figure name={o.events} value={count(data.events_per_s, language, 1)} range={o.perSecond} />
      <Figure name={o.decisions} value={count(data.decisions_per_s, language, 1)} range={o.perSecond} />
      <Figure name={o.p50} value={ms(latency.p50_ms)} unit={w.units.ms} range={window} />
      <Figure name={o.p99} value={ms(latency.p99_ms)} unit={w.units.ms} range={window} />
      <Figure
        name={o.degraded}
        value={<Link to="/decisions?degraded=1">{count(data.degraded_total, language)}</Link>}
        range={fill(o.sinceStart, { span: span(data.uptime_s, language, w) })}
      />
      <Figure name={o.eventsTotal} value={count(data.events_total, language)} range={o.inLog} />
      <Figure name={o.decisionsTotal} value={count(data.decisions_total, language)} range={o.inLog} />
      <Figure name={o.facts} value={count(data.facts_total, language)} range={o.inAll} />
      <Figure name={o.logSize} value={bytes(data.log_bytes, language)} range={o.onDisk} />
      <Figure name={o.items} value={count(data.items, language)} range={o.inAll} />
      <Figure name={o.memory} value={count(data.resident_mb, language)} unit={w.units.mb} range={o.resident} />
      {model ? (
        <Figure
          name={o.model}
          value={<Link to="/models">{fill(w.common.version, { version: model.version })}</Link>}
          range={`${fill(o.trained, { ago: ago(model.made_at, Date.parse(data.at), language, w) })} · ${fill(o.factsSince, { count: count(model.facts_since, language) })}`}
        />
      ) : (
        <Figure name={o.model} value={<Link to="/models">{w.common.none}</Link>} range={o.noModelHelp} />
      )}
    </dl>
  );
}

function Charts({ data: { series, at, uptime_s, facts_total } }: { data: Data }) {
  const { w } = useWords();
  const o = w.overview;
  // Beats that ended do not change: draw anew when another has.
  const beat = Math.floor(Date.parse(at) / 1000 / BEAT_S);
  const drawn = useMemo(() => {
    const beats = evenBeats(series, at, uptime_s);
    return {
      times: beats.map((entry) => entry.at),
      events: beats.map((entry) => entry.events / BEAT_S),
      decisions: beats.map((entry) => entry.decisions / BEAT_S),
      p50: beats.map((entry) => entry.p50_ms),
      p99: beats.map((entry) => entry.p99_ms),
      degraded: beats.map((entry) => entry.degraded),
    };
  }, [beat]);
  if (facts_total === 0)
    return (
      <Panel>
        <Empty title={o.empty} help={o.emptyHelp} />
      </Panel>
    );
  return (
    <div className="columns thirds">
      <Chart
        title={o.flow}
        unit={o.flowUnit}
        times={drawn.times}
        digits={1}
        lines={[
          { name: o.events, values: drawn.events },
          { name: o.decisions, values: drawn.decisions },
        ]}
      />
      <Chart
        title={o.latency}
        unit={o.latencyUnit}
        times={drawn.times}
        digits={2}
        lines={[
          { name: "p50", values: drawn.p50 },
          { name: "p99", values: drawn.p99 },
        ]}
      />
      <Chart
        title={o.degradedChart}
        unit={o.degradedUnit}
        times={drawn.times}
        digits={0}
        lines={[{ name: o.degraded, values: drawn.degraded }]}
      />
    </div>
  );
}

function Policies({ policies }: { policies: PolicyResult[] }) {
  const { w, language } = useWords();
  const o = w.overview;
  const most = Math.max(...policies.map((each) => each.high), 0.01);
  const between = (each: PolicyResult) => `${percent(each.low, language, 2)} – ${percent(each.high, language, 2)}`;
  return (
    <Panel title={o.policies} hint={o.policiesUnit} flush>
      {policies.length === 0 ? (
        <Empty title={o.empty} help={o.noPolicies} />
      ) : (
        <Rows
          label={o.policies}
          rows={policies}
          rowKey={(each) => each.policy}
          columns={[
            { key: "policy", title: o.policy, lead: true, cell: (each) => <b>{each.policy}</b> },
            { key: "answers", title: o.answers, align: "right", cell: (each) => count(each.answers, language) },
            { key: "clicked", title: o.clicked, align: "right", cell: (each) => count(each.clicked, language) },
            { key: "ctr", title: o.ctr, align: "right", cell: (each) => <b>{percent(each.ctr, language, 2)}</b> },
            { key: "between", title: o.interval, align: "right", cell: (each) => <span className="nowrap">{between(each)}</span> },
            {
              key: "drawn",
              title: `0 – ${percent(most, language)}`,
              width: "28%",
              lead: true,
              cell: (each) => (
                <Interval
                  value={each.ctr}
                  low={each.low}
                  high={each.high}
                  from={0}
                  to={most}
                  label={`${each.policy}: ${percent(each.ctr, language, 2)}, ${between(each)}`}
                />
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}
