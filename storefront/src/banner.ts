// Asks for consent: both answers equally easy, neither chosen beforehand, and it can be taken back.

import { h } from "./dom";
import { renew } from "./feed";
import { fillPanel } from "./panel";
import { here, sk } from "./shop";
import { say } from "./words";

let banner: HTMLElement | null = null;

async function choose(choice: "granted" | "denied"): Promise<void> {
  banner?.remove();
  banner = null;
  if (choice === "denied") here.forget();
  await sk.setConsent(choice);
  fillPanel();
  await renew();
}

/** `again`: the visitor asked for it. */
export function mountBanner(again: boolean): void {
  banner?.remove();
  banner = null;
  if (!again && sk.consent !== "unknown") return;
  const button = (choice: "granted" | "denied", text: string) =>
    h(
      "button",
      {
        class: "button outline",
        type: "button",
        "data-consent": choice,
        onclick: () => void choose(choice),
      },
      text,
    );
  banner = h(
    "section",
    { class: "banner", "aria-labelledby": "consent" },
    h("div", {}, h("h2", { id: "consent" }, say("consentTitle")), h("p", {}, say("consentText"))),
    h("div", { class: "row" }, button("denied", say("decline")), button("granted", say("agree"))),
  );
  document.body.append(banner);
  if (again) banner.querySelector("button")?.focus();
}
