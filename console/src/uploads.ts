// Files on their way to the server: one at a time, each can be stopped and sent again. Survives changing pages.
import { api } from "./api";

export type SendingState = "waiting" | "sending" | "done" | "failed" | "stopped";

export interface Sending {
  key: number;
  name: string;
  bytes: number;
  sent: number;
  state: SendingState;
  error: Error | null;
}

export interface UploadParts<F> {
  put: (file: F, onSent: (bytes: number) => void, signal: AbortSignal) => Promise<unknown>;
}

interface Held<F> extends Sending {
  file: F;
}

export function makeUploads<F extends { name: string; size: number }>({ put }: UploadParts<F>) {
  let held: readonly Held<F>[] = [];
  let running: { key: number; stop: AbortController } | null = null;
  let nextKey = 1;
  const watchers = new Set<() => void>();
  const arrived = new Set<(name: string) => void>();

  function change(key: number, part: Partial<Sending>) {
    held = held.map((each) => (each.key === key ? { ...each, ...part } : each));
    watchers.forEach((tell) => tell());
  }

  async function next() {
    const waiting = running ? undefined : held.find(({ state }) => state === "waiting");
    if (!waiting) return;
    const { key, file, name } = waiting;
    const stop = new AbortController();
    running = { key, stop };
    change(key, { state: "sending", sent: 0, error: null });
    try {
      await put(file, (sent) => change(key, { sent }), stop.signal);
      change(key, { state: "done", sent: file.size });
      arrived.forEach((tell) => tell(name));
    } catch (error) {
      change(key, stop.signal.aborted ? { state: "stopped" } : { state: "failed", error: error as Error });
    }
    running = null;
    void next();
  }

  return {
    all: (): readonly Sending[] => held,
    isBusy: () => held.some(({ state }) => state === "sending" || state === "waiting"),
    /** A file that is already waiting or being sent under its name is taken once. */
    add(files: readonly F[]) {
      const isOpen = ({ state }: Sending) => state === "waiting" || state === "sending";
      const names = new Set(held.filter(isOpen).map(({ name }) => name));
      const fresh = files.filter(({ name }) => !names.has(name) && names.add(name));
      const rest = held.filter((each) => isOpen(each) || !names.has(each.name));
      const made = (file: F): Held<F> => ({ key: nextKey++, file, name: file.name, bytes: file.size, sent: 0, state: "waiting", error: null });
      held = [...rest, ...fresh.map(made)];
      watchers.forEach((tell) => tell());
      void next();
    },
    stop(key: number) {
      if (running?.key === key) running.stop.abort();
      else change(key, { state: "stopped" });
    },
    again(key: number) {
      change(key, { state: "waiting", sent: 0, error: null });
      void next();
    },
    forget(key: number) {
      held = held.filter((each) => each.key !== key);
      watchers.forEach((tell) => tell());
    },
    watch(tell: () => void) {
      watchers.add(tell);
      return () => void watchers.delete(tell);
    },
    /** Calls `tell` with the name of each file that is in. */
    whenIn(tell: (name: string) => void) {
      arrived.add(tell);
      return () => void arrived.delete(tell);
    },
  };
}

const NAME_BYTES_MAX = 128;

export type NameFault = "long" | "slash" | "dot" | "empty";

/** Why the server would refuse this name, if it would. */
export function nameFault(name: string): NameFault | null {
  if (name === "") return "empty";
  if (name.startsWith(".")) return "dot";
  if (name.includes("/")) return "slash";
  return new TextEncoder().encode(name).length > NAME_BYTES_MAX ? "long" : null;
}

export const uploads = makeUploads<File>({ put: api.sendFile });
