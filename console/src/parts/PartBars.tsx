// What a score is made of: bars left and right of zero, and the sum below.
import { signed } from "../format";
import type { ScorePart } from "../wire";
import { named, useWords } from "../words";
import { partsZh } from "../words/parts";

export function PartBars({ parts, score }: { parts: ScorePart[]; score: number }) {
  const { w, language } = useWords();
  const most = Math.max(...parts.map((part) => Math.abs(part.value)), 1e-9);
  const nameOf = (part: ScorePart) => (language === "zh" ? named(partsZh, part.name) : part.name);
  const sum = parts.reduce((total, part) => total + part.value, 0);
  const isWhole = Math.abs(sum - score) <= Math.max(1e-4, Math.abs(score) * 1e-3);
  return (
    <table className="part-bars">
      <tbody>
        {parts.map((part) => (
          <tr key={part.name}>
            <th scope="row">{nameOf(part)}</th>
            <td className="bar">
              <i data-sign={part.value < 0 ? "minus" : "plus"} style={{ width: `${(Math.abs(part.value) / most) * 50}%` }} />
            </td>
            <td className="number">{signed(part.value, language)}</td>
          </tr>
        ))}
        <tr className="sum">
          <th scope="row">{w.recommend.partsSum}</th>
          <td>{!isWhole && `≠ ${signed(score, language)}`}</td>
          <td className="number">{signed(sum, language)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** The same in one line: what lifts the score, and what holds it back. */
export function PartStrip({ parts }: { parts: ScorePart[] }) {
  const total = parts.reduce((sum, part) => sum + Math.abs(part.value), 0) || 1;
  const up = parts.filter((part) => part.value > 0).sort((a, b) => b.value - a.value);
  const down = parts.filter((part) => part.value < 0);
  const width = (part: ScorePart) => ({ width: `${(Math.abs(part.value) / total) * 100}%` });
  return (
    <span className="part-strip" aria-hidden>
      {up.map((part, at) => (
        <i key={part.name} data-shade={Math.min(at, 4)} style={width(part)} />
      ))}
      {down.map((part) => (
        <i key={part.name} data-sign="minus" style={width(part)} />
      ))}
    </span>
  );
}
