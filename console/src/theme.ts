// Colours, sizes and spacing: one palette for Ant Design, the style sheet and the charts.
import { theme as antd, type ThemeConfig } from "antd";

export interface Palette {
  accent: string;
  ink: string;
  soft: string;
  line: string;
  paper: string;
  ground: string;
  second: string;
  bad: string;
}

export const light: Palette = {
  accent: "#0b6b5d",
  ink: "#1d2321",
  soft: "#57605c",
  line: "#dfe3e0",
  paper: "#ffffff",
  ground: "#f5f6f4",
  second: "#8a6116",
  bad: "#b3261e",
};
export const dark: Palette = {
  accent: "#5cc4b0",
  ink: "#e6eae8",
  soft: "#a3ada9",
  line: "#2f3735",
  paper: "#1a1f1e",
  ground: "#121615",
  second: "#d9ab5b",
  bad: "#ff8f85",
};

export function themeOf(isDark: boolean): ThemeConfig {
  const palette = isDark ? dark : light;
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: palette.accent,
      colorInfo: palette.accent,
      colorLink: palette.accent,
      colorText: palette.ink,
      colorTextSecondary: palette.soft,
      colorTextDescription: palette.soft,
      colorTextPlaceholder: isDark ? "#8f9995" : "#68716d",
      colorBgLayout: palette.ground,
      colorBgContainer: palette.paper,
      colorBgElevated: isDark ? "#222928" : "#ffffff",
      colorBorder: isDark ? "#454f4c" : "#c6ccc8",
      colorBorderSecondary: palette.line,
      colorError: palette.bad,
      borderRadius: 6,
      fontSize: 13,
      controlHeight: 32,
      fontFamily: "inherit",
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.16s",
    },
    components: {
      Button: { primaryColor: isDark ? "#08221d" : "#ffffff", primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      Tabs: { horizontalItemPadding: "8px 0", titleFontSize: 13, horizontalMargin: "0 0 16px" },
      Segmented: { itemSelectedColor: palette.ink, itemColor: palette.soft, trackBg: isDark ? "#252c2a" : "#e9ecea" },
    },
  };
}
