// An address that leads nowhere.

import type { Page } from "../route";
import { nothing } from "../trouble";
import { say } from "../words";

export function nowherePage(): Page {
  return { title: say("notFound"), element: nothing(say("notFound"), "") };
}
