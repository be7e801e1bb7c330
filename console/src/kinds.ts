// Kinds of what endpoints are told, as the server lists them: in groups, each of which can be taken whole.
import type { WebhookType } from "./wire";

export interface KindGroup {
  name: string;
  /** Takes the whole group. */
  every: string;
  kinds: WebhookType[];
}

const groupOf = (name: string) => name.split(".")[0] ?? name;

/** The groups in the order in which the server names them. */
export const grouped = (kinds: readonly WebhookType[]): KindGroup[] =>
  [...new Set(kinds.map((kind) => groupOf(kind.name)))].map((name) => ({
    name,
    every: `${name}.*`,
    kinds: kinds.filter((kind) => groupOf(kind.name) === name),
  }));

/** Whether the text can be the address of an endpoint. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && hostname !== "";
}
