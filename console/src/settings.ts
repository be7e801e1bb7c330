// What this reader chose for this browser: language and appearance. Kept in local storage.
import { useSyncExternalStore } from "react";
import type { Language } from "./wire";

export type Theme = "system" | "light" | "dark";

const told = new Set<() => void>();

function read<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
  const value = localStorage.getItem(`console.${name}`) as T | null;
  return value !== null && allowed.includes(value) ? value : fallback;
}

function keep(name: string, value: string) {
  localStorage.setItem(`console.${name}`, value);
  told.forEach((tell) => tell());
}

function watch(tell: () => void) {
  told.add(tell);
  return () => void told.delete(tell);
}

export function useLanguage(): [Language, (language: Language) => void] {
  const language = useSyncExternalStore(watch, () =>
    read<Language>("language", ["zh", "en"], navigator.language.startsWith("zh") ? "zh" : "en"),
  );
  return [language, (value) => keep("language", value)];
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(watch, () => read<Theme>("theme", ["system", "light", "dark"], "system"));
  return [theme, (value) => keep("theme", value)];
}

const dark = matchMedia("(prefers-color-scheme: dark)");

function watchDark(tell: () => void) {
  dark.addEventListener("change", tell);
  return () => dark.removeEventListener("change", tell);
}

/** Whether dark is in force, by choice or by the system. */
export function useDark(): boolean {
  const [theme] = useTheme();
  const system = useSyncExternalStore(watchDark, () => dark.matches);
  return theme === "system" ? system : theme === "dark";
}
