// One customer from all sides: profile, consent, timeline, features as of any time.
import { useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { Link, useParams } from "react-router";
import { useAddress } from "../address";
import { api } from "../api";
import { count, percent } from "../format";
import { Consents } from "../parts/Consents";
import { Empty } from "../parts/Empty";
import { FeaturesAt } from "../parts/FeaturesAt";
import { Facts } from "../parts/Figure";
import { Loaded } from "../parts/Loaded";
import { Page, Panel } from "../parts/Page";
import { Timeline } from "../parts/Timeline";
import type { Profile } from "../wire";
import { named, useWords } from "../words";

export default function Customer() {
  const { id = "" } = useParams();
  return <Body key={id} id={id} />;
}

function Body({ id }: { id: string }) {
  const { w } = useWords();
  const c = w.customers;
  const { text, change } = useAddress();
  const query = useQuery({ queryKey: ["customer", id], queryFn: () => api.customer(id) });
  const ask = (
    <Link
      className="ant-btn ant-btn-primary ant-btn-color-primary ant-btn-variant-solid"
      to={`/recommend?customer=${encodeURIComponent(id)}&go=1`}
    >
      {c.recommend}
    </Link>
  );
  return (
    <Page title={`${c.customer} ${id}`} lead={<Link to="/customers">{c.title}</Link>} actions={ask}>
      <div className="wide-narrow">
        <Panel flush>
          <Tabs
            style={{ margin: 0 }}
            tabBarStyle={{ padding: "0 16px", margin: 0 }}
            activeKey={text("tab", "timeline")}
            onChange={(tab) => change({ tab })}
            destroyOnHidden
            items={[
              { key: "timeline", label: c.tabTimeline, children: <Timeline id={id} /> },
              { key: "features", label: c.tabFeatures, children: <FeaturesAt id={id} /> },
            ]}
          />
        </Panel>
        <Loaded query={query} rows={10}>
          {(profile) => (
            <div className="stack">
              <Consents profile={profile} />
              <About profile={profile} />
            </div>
          )}
        </Loaded>
      </div>
    </Page>
  );
}

function About({ profile }: { profile: Profile }) {
  const { w, language } = useWords();
  const c = w.customers;
  const known: [string, React.ReactNode][] = [
    [c.place, profile.place],
    [c.interests, profile.interests.join(", ")],
    [c.devices, profile.devices.join(", ")],
    [c.attributes, profile.attributes.map(([name, value]) => `${name}: ${value}`).join(" · ")],
  ];
  const given = known.filter(([, value]) => value);
  return (
    <>
      {given.length > 0 && (
        <Panel title={c.tabProfile}>
          <Facts pairs={given} />
        </Panel>
      )}
      <Panel title={c.counts} hint={c.countsUnit}>
        {profile.counts.length === 0 ? (
          <p className="soft">{c.timelineEmpty}</p>
        ) : (
          <Bars rows={profile.counts.map(({ event, count: n }) => [named(w.events, event), n])} say={(value) => count(value, language)} />
        )}
      </Panel>
      <Panel title={c.taste} hint={c.tasteUnit}>
        {profile.categories.length === 0 && profile.brands.length === 0 ? (
          <Empty title={w.common.none} />
        ) : (
          <>
            <h3>{c.categories}</h3>
            <Bars rows={profile.categories} say={(value) => percent(value, language)} />
            <h3>{c.brands}</h3>
            <Bars rows={profile.brands} say={(value) => percent(value, language)} />
          </>
        )}
      </Panel>
    </>
  );
}

function Bars({ rows, say }: { rows: [string, number][]; say: (value: number) => string }) {
  const most = Math.max(...rows.map(([, value]) => value), 1e-9);
  return (
    <ul className="counts">
      {rows.map(([name, value]) => (
        <li key={name} style={{ gridTemplateColumns: "minmax(96px, 46%) 1fr 56px" }}>
          <span>{name}</span>
          <span className="track">
            <i style={{ width: `${(value / most) * 100}%` }} />
          </span>
          <span className="number">{say(value)}</span>
        </li>
      ))}
    </ul>
  );
}
