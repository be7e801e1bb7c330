// Kinds of webhooks come in the server's own groups; an address is told from what is none.
import { describe, expect, it } from "vitest";
import { grouped, isAddress } from "../src/kinds";

describe("kinds", () => {
  it("are grouped by their first word, in the server's order", () =>
    expect(
      grouped(["event.purchase", "item.gone", "event.refund", "audit.model.promote"].map((name) => ({ name, about: "" }))).map(
        ({ name, every, kinds }) => [name, every, kinds.map((kind) => kind.name)],
      ),
    ).toEqual([
      ["event", "event.*", ["event.purchase", "event.refund"]],
      ["item", "item.*", ["item.gone"]],
      ["audit", "audit.*", ["audit.model.promote"]],
    ]));
});

describe("addresses", () => {
  it("begin with http or https and name a host", () =>
    expect(["https://a.example/x?y=1", "http://127.0.0.1:9/h", "ftp://a", "a.example", "https://", ""].map(isAddress)).toEqual([
      true, true, false, false, false, false,
    ]));
});
