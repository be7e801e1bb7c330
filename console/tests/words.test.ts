// Both languages have the same keys and the same gaps, and nothing is left untranslated.
import { describe, expect, it } from "vitest";
import { fill, named } from "../src/words";
import { en } from "../src/words/en";
import { zh } from "../src/words/zh";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[`${path}${key}`, value] as const] : [...leaves(value, `${path}${key}.`)],
    ),
  );
}

const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const english = leaves(en as Tree);
const chinese = leaves(zh as Tree);

describe("the dictionaries", () => {
  it("have the same keys", () => expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort()));
  it("have the same gaps", () => {
    const different = [...english].filter(([key, text]) => JSON.stringify(gaps(text)) !== JSON.stringify(gaps(chinese.get(key) ?? "")));
    expect(different.map(([key]) => key)).toEqual([]);
  });
  it("leave no text empty", () => expect([...english, ...chinese].filter(([, text]) => !text.trim())).toEqual([]));
  it("hold Chinese in Chinese", () => {
    const same = [...english].filter(([key, text]) => chinese.get(key) === text).map(([key]) => key);
    expect(same).toEqual(["units.mb", "models.sha"]);
  });
});

describe("gaps", () => {
  it("are filled by name and kept when unknown", () => expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}"));
  it("codes without a word stand for themselves", () => expect(named({ a: "A" }, "b")).toBe("b"));
});
