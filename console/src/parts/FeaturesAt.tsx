// Features as they were: a slider over time, then against now.
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented, Slider } from "antd";
import { useEffect, useState } from "react";
import { useAddress } from "../address";
import { api } from "../api";
import { moment } from "../format";
import { fill, useWords } from "../words";
import { Empty } from "./Empty";
import { FeatureRows } from "./FeatureRows";
import { Loaded } from "./Loaded";

const HOUR_MS = 3_600_000;
const SPANS_DAYS = [1, 7, 30, 90];

export function FeaturesAt({ id }: { id: string }) {
  const { w } = useWords();
  const c = w.customers;
  const { text, number, change } = useAddress();
  const at = text("at");
  const days = number("days", 30);
  const [now] = useState(() => Date.now());
  const hours = days * 24;
  const placeOf = (moment: string) => (moment ? Math.max(-hours, Math.round((Date.parse(moment) - now) / HOUR_MS)) : 0);
  const [place, setPlace] = useState(() => placeOf(at));
  useEffect(() => setPlace(placeOf(at)), [at, days]);
  const current = useQuery({ queryKey: ["features", id, ""], queryFn: () => api.features(id) });
  const then = useQuery({ queryKey: ["features", id, at], queryFn: () => api.features(id, at || undefined) });
  const atOf = (hour: number) => now + hour * HOUR_MS;
  return (
    <div>
      <div style={{ padding: "12px 16px 4px" }}>
        <div className="filters">
          <span className="soft">{c.span}</span>
          <Segmented
            size="small"
            aria-label={c.span}
            value={days}
            onChange={(value) => change({ days: value, at: null })}
            options={SPANS_DAYS.map((value) => ({ value, label: fill(c.days, { days: value }) }))}
          />
          <span>
            <span className="soft">{c.asOf}</span> <b>{place === 0 ? c.now : moment(atOf(place))}</b>
          </span>
          {place !== 0 && (
            <Button size="small" type="link" onClick={() => change({ at: null })}>
              {c.now}
            </Button>
          )}
        </div>
        <Slider
          min={-hours}
          max={0}
          step={1}
          value={place}
          ariaLabelForHandle={c.asOf}
          ariaValueTextFormatterForHandle={(value) => moment(atOf(value))}
          tooltip={{ formatter: (value) => moment(atOf(value ?? 0)) }}
          onChange={setPlace}
          onChangeComplete={(value) => change({ at: value === 0 ? null : new Date(atOf(value)).toISOString() })}
        />
        <p className="slider-ends soft">
          <span>{moment(atOf(-hours))}</span>
          <span>{c.now}</span>
        </p>
        <p className="soft">{c.featuresHelp}</p>
      </div>
      <Loaded query={then} rows={8}>
        {({ features }) =>
          features.length === 0 ? (
            <Empty title={c.featuresEmpty} />
          ) : (
            <FeatureRows features={features} now={at ? current.data?.features : undefined} />
          )
        }
      </Loaded>
    </div>
  );
}
