// "Why this?": the item's reasons in the visitor's words, and the whole record for the curious.

import type { Answer, Choice, Item, Reason } from "@shopkeeper/web";
import { h, icon } from "./dom";
import { term, titleOf } from "./names";
import { picture } from "./picture";
import { sk } from "./shop";
import { state } from "./state";
import { say } from "./words";

/** Where an item stands: its place in an answer. */
export interface Standing {
  choice: Choice;
  answer: Answer;
}

type Sentence = [zh: string, en: string];

/** `{0}` and `{1}` are the evidence: here the titles of items. */
const OF_ITEMS: Record<string, Sentence> = {
  like_context: ["和{0}很像", "It is much like {0}"],
  similar_to: ["和你最近看过的{0}相似", "It is similar to {0}, which you looked at recently"],
  alike_customers: ["看过{0}的人，后来也看了它", "People who looked at {0} went on to this"],
  taste: ["符合你的口味，比如{0}", "It is close to your taste, going by {0}"],
  seen_together: ["不少人刚刚把它和{0}一起看", "People look at it together with {0} just now"],
  liked_along: ["喜欢{0}的人，往往也喜欢它", "People who like {0} tend to like this"],
  goes_with: ["常与{0}一起买", "It is often bought together with {0}"],
  same_kind: ["与{0}是同类商品", "It is of the same kind as {0}"],
};

/** The evidence is a word of the catalogue, or numbers. */
const OF_WORDS: Record<string, Sentence> = {
  popular: ["近期大家都在看", "It is popular these days"],
  trending: ["热度正在快速上升", "It is rising fast"],
  same_category: ["属于你常逛的“{0}”", "It is in “{0}”, a category you come back to"],
  same_brand: ["出自你关注的品牌“{0}”", "It is by “{0}”, a brand you look for"],
  same_merchant: ["由你常光顾的商家出售", "It is sold by a merchant you come back to"],
  declared: ["你说过对“{0}”感兴趣", "You told us you like “{0}”"],
  due_again: [
    "你上次买是 {0} 天前，通常约 {1} 天买一次",
    "You last bought it {0} days ago, and usually buy again after about {1}",
  ],
  explored: ["新鲜推荐：还很少有人见过它", "Something new: few have seen it yet"],
  pinned: ["店铺推荐", "Picked by the shop"],
};

const inLanguage = ([zh, en]: Sentence) => (state.language === "zh" ? zh : en);

async function sentence({ code, evidence }: Reason): Promise<string | null> {
  const known = (evidence ?? []).slice(0, 2);
  const ofItems = OF_ITEMS[code];
  if (ofItems && known.length > 0) {
    const items = await Promise.all(known.map((id) => sk.items.one(id).catch(() => null)));
    const quoted = items.map((item, at) => `“${item ? titleOf(item) : known[at]}”`);
    return inLanguage(ofItems).replace(
      "{0}",
      quoted.join(state.language === "zh" ? "和" : " and "),
    );
  }
  if (code === "taste")
    return state.language === "zh" ? "符合你一贯的口味" : "It is close to your taste";
  const ofWords = OF_WORDS[code];
  return ofWords
    ? inLanguage(ofWords).replace(/\{(\d)\}/g, (_, at) => term(known[at] ?? ""))
    : null;
}

/** The record tells every item of the answer; the one that was asked about stands out. */
async function record(decisionId: string, place: number): Promise<HTMLElement> {
  try {
    const { sentences } = await sk.explain(decisionId);
    const opening = inLanguage([`第 ${place + 1} 位`, `${place + 1}. `]);
    const line = (text: string) =>
      h("li", { class: text.startsWith(opening) ? "mine" : null }, text);
    return h("ol", { class: "record" }, ...sentences.map(line));
  } catch {
    return h("p", {}, say("whyNoRecord"));
  }
}

/** The whole record, read when it is opened. */
function recordDetails({ choice, answer }: Standing): HTMLElement {
  const whole = h("div", {});
  const details = h(
    "details",
    {
      ontoggle: async () => {
        if (details.open && !whole.hasChildNodes())
          whole.append(await record(answer.decision_id, choice.place));
      },
    },
    h("summary", {}, say("whyRecord")),
    whole,
  );
  return details;
}

function basis({ answer }: Standing): HTMLElement {
  const personal = say(
    answer.personal && sk.consent === "granted" ? "whyPersonal" : "whyNotPersonal",
  );
  const models = answer.models.map(({ name, version }) => `${name} ${version}`).join(", ");
  return h("p", { class: "quiet" }, [personal, models].filter(Boolean).join(" · "));
}

/** Without a standing the item is there because it is popular. */
export async function openWhy(item: Item, standing: Standing | null): Promise<void> {
  const found = await Promise.all((standing?.choice.reasons ?? []).map(sentence));
  const reasons = found.filter((text) => text !== null);
  const dialog = h(
    "dialog",
    { class: "dialog why", "aria-labelledby": "why-title", onclose: () => dialog.remove() },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "why-title" }, say("whyTitle")),
      h("button", { class: "round", "aria-label": say("close") }, icon("close")),
    ),
    h("div", { class: "why-item" }, picture(item), h("p", {}, titleOf(item))),
    reasons.length > 0
      ? h(
          "ul",
          { class: "why-list" },
          ...reasons.map((text) => h("li", {}, icon("check"), h("span", {}, text))),
        )
      : h("p", {}, say("whyNone")),
    standing && basis(standing),
    standing && recordDetails(standing),
  );
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.showModal();
}
