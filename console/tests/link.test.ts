// Losing the server and finding it again.
import { describe, expect, it } from "vitest";
import { makeLink, WAITS_MS } from "../src/link";

function staged(answers: (boolean | Error)[]) {
  const waits: { run: () => void; ms: number }[] = [];
  const link = makeLink({
    probe: async () => {
      const answer = answers.shift() ?? false;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    wait: (run, ms) => waits.push({ run, ms }),
  });
  const step = async () => {
    waits.shift()?.run();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { link, waits, step };
}

describe("the link", () => {
  it("is up until a request finds nobody", () => {
    const { link, waits } = staged([]);
    expect(link.isDown()).toBe(false);
    link.lost();
    expect([link.isDown(), waits.length]).toEqual([true, 1]);
  });
  it("asks once however many requests fail", () => {
    const { link, waits } = staged([]);
    link.lost();
    link.lost();
    expect(waits.length).toBe(1);
  });
  it("waits longer each time, up to a limit", async () => {
    const { link, waits, step } = staged([false, new Error("refused"), false, false, false]);
    const seen: number[] = [];
    link.lost();
    for (let turn = 0; turn < 6; turn += 1) {
      seen.push(waits[0]?.ms ?? -1);
      await step();
    }
    expect(seen).toEqual([...WAITS_MS, 4000, 4000]);
  });
  it("tells when the server is back, each time", async () => {
    const { link, step } = staged([false, true, true]);
    const told: string[] = [];
    link.watch(() => told.push(link.isDown() ? "down" : "up"));
    link.whenBack(() => told.push("back"));
    link.lost();
    await step();
    await step();
    expect([told, link.isDown()]).toEqual([["down", "up", "back"], false]);
    link.lost();
    await step();
    expect(told).toEqual(["down", "up", "back", "down", "up", "back"]);
  });
  it("stops telling who left", async () => {
    const { link, step } = staged([true]);
    let told = 0;
    const leave = link.watch(() => (told += 1));
    leave();
    link.lost();
    await step();
    expect(told).toBe(0);
  });
});
