// The last quarter of an hour as even beats: the server leaves out those in which nothing happened.
import type { Moment } from "./wire";

export const BEAT_S = 5;
const SHOWN_S = 900;

const still = (at: number): Moment => ({
  at: new Date(at * 1000).toISOString(),
  events: 0,
  decisions: 0,
  p50_ms: null,
  p99_ms: null,
  degraded: 0,
});

/** Every whole beat since the start, at most a quarter of an hour; the one that runs is left out. */
export function evenBeats(series: readonly Moment[], at: string, uptime_s: number): Moment[] {
  const secondsOf = (moment: string) => Math.floor(Date.parse(moment) / 1000 / BEAT_S) * BEAT_S;
  const known = new Map(series.map((beat) => [secondsOf(beat.at), beat]));
  const until = secondsOf(at);
  const count = Math.floor(Math.min(SHOWN_S, Math.max(uptime_s, BEAT_S)) / BEAT_S);
  return Array.from({ length: count }, (_, place) => {
    const start = until - (count - place) * BEAT_S;
    return known.get(start) ?? still(start);
  });
}
