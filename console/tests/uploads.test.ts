// Files go one at a time; each can be stopped, fail, and be sent again.
import { describe, expect, it } from "vitest";
import { makeUploads, nameFault } from "../src/uploads";

const file = (name: string, size = 10) => ({ name, size });
const settle = () => new Promise((done) => setTimeout(done, 0));

function made() {
  const asked: { name: string; onSent: (bytes: number) => void; done: () => void; fail: (error: Error) => void }[] = [];
  const uploads = makeUploads<{ name: string; size: number }>({
    put: ({ name }, onSent, signal) =>
      new Promise<void>((done, fail) => {
        signal.addEventListener("abort", () => fail(new Error("stopped")));
        asked.push({ name, onSent, done, fail });
      }),
  });
  return { asked, uploads, states: () => uploads.all().map(({ name, state }) => `${name} ${state}`) };
}

describe("files on their way", () => {
  it("go one after the other and tell how far they are", async () => {
    const { asked, uploads, states } = made();
    const arrived: string[] = [];
    uploads.whenIn((name) => arrived.push(name));
    uploads.add([file("a"), file("b")]);
    expect(states()).toEqual(["a sending", "b waiting"]);
    asked[0]?.onSent(4);
    expect(uploads.all()[0]?.sent).toBe(4);
    asked[0]?.done();
    await settle();
    expect([states(), arrived, asked.map(({ name }) => name)]).toEqual([["a done", "b sending"], ["a"], ["a", "b"]]);
    expect(uploads.isBusy()).toBe(true);
  });
  it("are stopped, whether they run or wait, and the next goes on", async () => {
    const { uploads, states } = made();
    uploads.add([file("a"), file("b"), file("c")]);
    uploads.stop(uploads.all()[1]!.key);
    uploads.stop(uploads.all()[0]!.key);
    await settle();
    expect(states()).toEqual(["a stopped", "b stopped", "c sending"]);
  });
  it("say why they failed, and are sent again", async () => {
    const { asked, uploads, states } = made();
    uploads.add([file("a")]);
    asked[0]?.fail(new Error("full"));
    await settle();
    expect([states(), uploads.all()[0]?.error?.message]).toEqual([["a failed"], "full"]);
    uploads.again(uploads.all()[0]!.key);
    expect([states(), uploads.all()[0]?.error]).toEqual([["a sending"], null]);
    asked[1]?.done();
    await settle();
    uploads.forget(uploads.all()[0]!.key);
    expect(states()).toEqual([]);
  });
  it("replace what ended under their name, and are taken once while on their way", async () => {
    const { asked, uploads, states } = made();
    uploads.add([file("a"), file("a")]);
    uploads.add([file("a")]);
    expect(states()).toEqual(["a sending"]);
    asked[0]?.done();
    await settle();
    uploads.add([file("a")]);
    expect(states()).toEqual(["a sending"]);
  });
});

describe("names that the server refuses", () => {
  it("are told before anything is sent", () =>
    expect(["a.csv", "", ".a", "a/b", "数".repeat(43), "数".repeat(42)].map(nameFault)).toEqual([null, "empty", "dot", "slash", "long", null]));
});
