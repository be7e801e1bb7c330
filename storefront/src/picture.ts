// An item's picture, and what stands in while it has none: a drawing from department and colour.

import type { Item } from "@shopkeeper/web";
import { h, svg } from "./dom";
import { titleOf } from "./names";

const COLOURS: Record<string, [thing: string, ground: string]> = {
  白色: ["#f7f4ee", "#d5dcdf"],
  黑色: ["#34353a", "#dedcd7"],
  红色: ["#c2493c", "#f3ddd6"],
  蓝色: ["#4373ab", "#dbe5ef"],
  绿色: ["#4f8a66", "#dde9df"],
  灰色: ["#8b9097", "#e5e6e7"],
  米色: ["#d3bd92", "#f1e9da"],
};

/** Paths in a square of 100: the body of the thing, then its lines. */
const SHAPES: Record<string, [body: string, lines: string]> = {
  家用电器: ["M32 38h34l6 40H26zM40 38q0-14 9-14t9 14", "M66 44q18 2 10 26M36 70h26"],
  数码: [
    "M36 20h28a5 5 0 0 1 5 5v50a5 5 0 0 1-5 5H36a5 5 0 0 1-5-5V25a5 5 0 0 1 5-5z",
    "M45 73h10M38 28h24",
  ],
  食品: ["M34 34h32v40a6 6 0 0 1-6 6H40a6 6 0 0 1-6-6zM38 22h24v8H38z", "M42 48h16M42 56h16"],
  日用: [
    "M40 36h20q8 6 8 16v22a6 6 0 0 1-6 6H38a6 6 0 0 1-6-6V52q0-10 8-16zM44 22h12v10H44z",
    "M42 58h16",
  ],
  家居: ["M34 24h32l10 30H24zM46 54h8v22h-8z", "M34 78h32"],
  服饰: ["M38 22l-18 12 8 14 6-4v34h32V44l6 4 8-14-18-12q-12 12-24 0z", "M50 34v38"],
  运动: ["M22 62q14-2 20-26l10 4q4 14 26 20a8 8 0 0 1 4 8v6H22z", "M46 46l8-3M50 54l8-4M22 68h60"],
  美妆: ["M42 46h16v34H42zM45 46V28l10-8v26z", "M42 58h16"],
  母婴: [
    "M38 40h24v34a6 6 0 0 1-6 6H44a6 6 0 0 1-6-6zM42 34h16v6H42zM46 34q0-14 4-14t4 14",
    "M44 52h6M44 60h6M44 68h6",
  ],
  宠物: [
    "M50 50c14 0 20 12 18 20s-10 6-18 6-16 2-18-6 4-20 18-20z",
    "M34 42v2M44 32v2M56 32v2M66 42v2",
  ],
};

function drawing(item: Item): SVGElement {
  const colour = item.attributes.find((attribute) => attribute.name === "color")?.value;
  const [thing, ground] = COLOURS[String(colour)] ?? ["#7d8b84", "#e2e8e3"];
  const [body, lines] = SHAPES[item.category[0] ?? ""] ?? [
    "M28 34h44v42H28zM28 34l8-12h28l8 12z",
    "M42 46h16",
  ];
  const ink = colour === "白色" || colour === "米色" ? "#6f675a" : "#ffffff";
  const stroke = { fill: "none", "stroke-width": 3, "stroke-linecap": "round" };
  return svg(
    "svg",
    { viewBox: "0 0 100 100", class: "drawing", role: "img", "aria-label": titleOf(item) },
    svg("rect", { width: 100, height: 100, fill: ground }),
    svg("ellipse", { cx: 50, cy: 82, rx: 30, ry: 4, fill: "#000", opacity: 0.1 }),
    svg("path", { d: body, fill: thing, stroke: ink, "stroke-opacity": 0.35, "stroke-width": 1 }),
    svg("path", {
      ...stroke,
      d: lines,
      stroke: ink,
      opacity: 0.7,
      "stroke-width": item.category[0] === "宠物" ? 8 : 3,
    }),
  );
}

/** Always a square box, so nothing jumps when the picture arrives. */
export function picture(item: Item, eager = false): HTMLElement {
  const box = h("div", { class: "picture" });
  if (!item.image) {
    box.append(drawing(item));
    return box;
  }
  const image = h("img", {
    src: item.image,
    alt: titleOf(item),
    width: 400,
    height: 400,
    loading: eager ? "eager" : "lazy",
    decoding: "async",
    onerror: () => box.replaceChildren(drawing(item)),
  });
  box.append(image);
  return box;
}
