// What is compared on live traffic, what came of it, and what that allows to say.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { caveats, statements, type Caveat, type Statement } from "../conclude";
import { count, percent, points, worth } from "../format";
import { Empty } from "../parts/Empty";
import { Badge } from "../parts/Figure";
import { Interval } from "../parts/Interval";
import { Loaded } from "../parts/Loaded";
import { Page, Panel } from "../parts/Page";
import { Rows, type Column } from "../parts/Rows";
import type { ArmResult, Experiment, Rate } from "../wire";
import { fill, useWords } from "../words";

export default function Experiments() {
  const { w } = useWords();
  const query = useQuery({ queryKey: ["experiments"], queryFn: api.experiments, refetchInterval: 10_000 });
  return (
    <Page title={w.experiments.title} lead={w.experiments.lead}>
      <Loaded query={query} rows={10}>
        {(experiments) =>
          experiments.length === 0 ? (
            <Panel>
              <Empty title={w.experiments.empty} help={w.experiments.emptyHelp} />
            </Panel>
          ) : (
            <div className="stack">
              {experiments.map((experiment) => (
                <One key={experiment.name} experiment={experiment} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

function One({ experiment }: { experiment: Experiment }) {
  const { w } = useWords();
  const x = w.experiments;
  return (
    <Panel
      title={experiment.name}
      hint={x.resultsHelp}
      actions={experiment.mismatch_broken && <Badge tone="bad">{x.brokenShort}</Badge>}
    >
      <div className="stack" style={{ gap: 10 }}>
        <Exposure experiment={experiment} />
        <Results experiment={experiment} />
        <div className="columns">
          <div>
            <h3>{x.conclusion}</h3>
            <Said experiment={experiment} />
          </div>
          <div>
            <h3>{x.cannot}</h3>
            <ul className="statement soft">
              {caveats(experiment).map((caveat) => (
                <CaveatLine key={caveat.kind + caveat.what} caveat={caveat} />
              ))}
            </ul>
          </div>
        </div>
      </div>
    </Panel>
  );
}

function Exposure({ experiment }: { experiment: Experiment }) {
  const { w, language } = useWords();
  const x = w.experiments;
  const all = experiment.arms.reduce((sum, arm) => sum + arm.units_clicked.of, 0) || 1;
  const weights = experiment.arms.reduce((sum, arm) => sum + arm.weight, 0) || 1;
  return (
    <section>
      <h3>{x.exposure}</h3>
      <p className="soft" style={{ marginBottom: 6 }}>
        {x.exposureHelp}
      </p>
      <ul className="counts exposure">
        {experiment.arms.map((arm) => (
          <li key={arm.arm}>
            <span>{arm.arm}</span>
            <span className="track">
              <i style={{ width: `${(arm.units_clicked.of / all) * 100}%` }} />
            </span>
            <span className="number">
              {count(arm.units_clicked.of, language)} · {percent(arm.units_clicked.of / all, language)}{" "}
              <span className="soft">({fill(x.expected, { share: percent(arm.weight / weights, language) })})</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Results({ experiment }: { experiment: Experiment }) {
  const { w, language } = useWords();
  const x = w.experiments;
  const base = experiment.arms[0]?.arm ?? "";
  const most = (pick: (arm: ArmResult) => Rate) =>
    Math.max(...experiment.arms.map(pick).map(({ of, high }) => (of > 0 ? high : 0)), 0.01);
  const rate = (key: string, title: string, pick: (arm: ArmResult) => Rate): Column<ArmResult> => ({
    key,
    title,
    lead: true,
    width: "17%",
    cell: (arm) => {
      const { value, low, high, of } = pick(arm);
      if (of === 0)
        return (
          <span className="soft">
            <small className="only-card">{title} </small>
            {x.noneYet}
          </span>
        );
      const between = `${percent(low, language)} – ${percent(high, language)}`;
      return (
        <>
          <small className="soft only-card">{title} </small>
          <b>{percent(value, language, 2)}</b> <small className="soft nowrap">{between}</small>
          <Interval
            value={value}
            low={low}
            high={high}
            from={0}
            to={most(pick)}
            label={`${title}: ${percent(value, language, 2)}, ${between}`}
          />
        </>
      );
    },
  });
  const lift = (key: "lift_clicked" | "lift_bought", title: string): Column<ArmResult> => ({
    key,
    title,
    align: "right",
    lead: true,
    cell: (arm) => {
      const found = arm[key];
      const name = <small className="soft only-card">{title} </small>;
      if (!found)
        return (
          <span className="soft">
            {name}
            {arm.arm === base ? x.baseline : "–"}
          </span>
        );
      const [value, low, high] = found;
      const tone = low > 0 ? "good" : high < 0 ? "bad" : "soft";
      return (
        <span className={experiment.mismatch_broken ? "soft" : tone}>
          {name}
          {points(value, language)} {w.units.points}
          <br className="only-table" />
          <small>
            {points(low, language)} … {points(high, language)}
          </small>
        </span>
      );
    },
  });
  return (
    <section>
      <h3>{x.results}</h3>
      <Rows
        label={x.results}
        rows={experiment.arms}
        rowKey={(arm) => arm.arm}
        columns={[
          { key: "arm", title: x.arm, lead: true, cell: (arm) => <b>{arm.arm}</b> },
          { key: "answers", title: x.answers, align: "right", cell: (arm) => count(arm.answers, language) },
          rate("through", x.clickThrough, (arm) => arm.click_through),
          rate("clicked", x.unitsClicked, (arm) => arm.units_clicked),
          lift("lift_clicked", fill(x.lift, { what: x.clicks, arm: base })),
          rate("bought", x.unitsBought, (arm) => arm.units_bought),
          lift("lift_bought", fill(x.lift, { what: x.purchases, arm: base })),
          { key: "value", title: x.value, align: "right", cell: (arm) => <Worth sums={arm.value} /> },
        ]}
      />
    </section>
  );
}

/** One sum for each currency. */
function Worth({ sums }: { sums: string[] }) {
  const { language } = useWords();
  if (sums.length === 0) return "–";
  return sums.map((sum) => (
    <div key={sum} className="nowrap">
      {worth(sum, language)}
    </div>
  ));
}

function Said({ experiment }: { experiment: Experiment }) {
  return (
    <ul className="statement">
      {statements(experiment).map((statement, at) => (
        <StatementLine key={at} statement={statement} />
      ))}
    </ul>
  );
}

function StatementLine({ statement }: { statement: Statement }) {
  const { w, language } = useWords();
  const x = w.experiments;
  if (statement.kind === "few") return <li>{x.few}</li>;
  if (statement.kind === "broken" || statement.kind === "fair")
    return (
      <li className={statement.kind === "broken" ? "bad" : undefined}>
        {fill(x[statement.kind], { p: statement.p < 0.001 ? statement.p.toExponential(1) : count(statement.p, language, 3) })}
      </li>
    );
  const isSigned = statement.kind === "unclear";
  const did = statement.what === "clicked" ? x.clickedVerb : x.boughtVerb;
  return (
    <li className={statement.kind === "more" ? "good" : statement.kind === "fewer" ? "bad" : undefined}>
      {fill(x[statement.kind], {
        arm: statement.arm,
        base: statement.base,
        did,
        low: points(statement.low, language, isSigned),
        high: points(statement.high, language, isSigned),
      })}
    </li>
  );
}

function CaveatLine({ caveat }: { caveat: Caveat }) {
  const { w, language } = useWords();
  const x = w.experiments;
  const did = caveat.what === "bought" ? x.boughtVerb : x.clickedVerb;
  return <li>{fill(x[caveat.kind], { did, points: points(caveat.share ?? 0, language, false) })}</li>;
}
