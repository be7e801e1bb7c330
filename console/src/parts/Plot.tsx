// Draws lines over time with ECharts: one instance, updated in place, so nothing flickers.
import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { clock, count } from "../format";
import { useDark } from "../settings";
import { dark, light } from "../theme";
import { useWords } from "../words";
import type { Line } from "./Chart";

/** A line of one point cannot be seen: it is drawn as a dot. */
const isAlone = (values: Line["values"], at: number) =>
  typeof values[at] === "number" && typeof values[at - 1] !== "number" && typeof values[at + 1] !== "number";

use([LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

export default function Plot({ times, lines, digits }: { times: string[]; lines: Line[]; digits: number }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const palette = useDark() ? dark : light;
  const { language } = useWords();
  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { renderer: "svg" });
    chart.current = made;
    const sized = new ResizeObserver(() => made.resize());
    sized.observe(place.current);
    return () => {
      sized.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    const colours = [palette.accent, palette.second, palette.soft];
    const text = { color: palette.soft, fontSize: 11 };
    chart.current?.setOption({
      animation: false,
      aria: { enabled: true },
      color: colours,
      grid: { left: 4, right: 12, top: 10, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis",
        confine: true,
        backgroundColor: palette.paper,
        borderColor: palette.line,
        textStyle: { color: palette.ink, fontSize: 12 },
        valueFormatter: (value: unknown) => count(value as number | null, language, digits),
      },
      xAxis: {
        type: "category",
        boundaryGap: false,
        data: times.map((at) => clock(at)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: palette.line } },
        axisLabel: { ...text, hideOverlap: true, formatter: (at: string) => at.slice(0, 5) },
      },
      yAxis: { type: "value", min: 0, minInterval: digits === 0 ? 1 : 0, splitNumber: 3, axisLabel: text, splitLine: { lineStyle: { color: palette.line } } },
      series: lines.map((line, at) => ({
        name: line.name,
        type: "line",
        data: line.values.map((value, place) => (isAlone(line.values, place) ? { value, symbol: "circle", symbolSize: 4 } : value)),
        symbol: "none",
        showAllSymbol: true,
        lineStyle: { width: 1.6, type: line.dashed ? "dashed" : "solid" },
        areaStyle: at === 0 ? { opacity: 0.07 } : undefined,
        emphasis: { disabled: true },
      })),
    });
  }, [times, lines, digits, palette, language]);
  return <div ref={place} className="plot-area" />;
}
