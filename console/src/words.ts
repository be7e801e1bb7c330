// Which words are in force, and how gaps in them are filled.
import { createContext, use } from "react";
import type { Language } from "./wire";
import { en, type Words } from "./words/en";
import { zh } from "./words/zh";

export const dictionaries: Record<Language, Words> = { zh, en };

export interface Speech {
  w: Words;
  language: Language;
}

export const SpeechContext = createContext<Speech>({ w: zh, language: "zh" });

export const useWords = () => use(SpeechContext);

/** Fills `{name}` gaps. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap));
}

/** A word for a code the server may add to: the code itself when there is none. */
export const named = (words: Record<string, string>, code: string): string => words[code] ?? code;
