// State that lives in the URL, so that reload, back and a sent link show the same.
import { useCallback } from "react";
import { useSearchParams } from "react-router";

type Values = Record<string, string | number | boolean | null | undefined>;

/** The query's values, and a way to change some; what is empty leaves the URL. */
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (values: Values, how: { push?: boolean } = {}) =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries(values)) {
            if (value === null || value === undefined || value === "" || value === false) next.delete(name);
            else next.set(name, String(value));
          }
          return next;
        },
        { replace: !how.push, preventScrollReset: true },
      ),
    [setParams],
  );
  const text = (name: string, fallback = "") => params.get(name) ?? fallback;
  const number = (name: string, fallback: number) => {
    const value = Number(params.get(name) ?? fallback);
    return Number.isFinite(value) ? value : fallback;
  };
  return { text, number, has: (name: string) => params.has(name), change };
}
