// Reading the past backwards: a part may hold little or nothing and still be followed by another.

export interface Part<T> {
  rows: T[];
  next: number | null;
}

/** Parts read for one page once something is found. */
const PARTS_MOST = 8;

/** Reads on until `wanted` rows are there, or a few after several parts, or the beginning is reached. */
export async function gather<T>(
  before: number | null,
  wanted: number,
  read: (before: number | null, count: number) => Promise<Part<T>>,
): Promise<Part<T>> {
  const rows: T[] = [];
  let next = before;
  for (let parts = 1; ; parts += 1) {
    const part = await read(next, wanted - rows.length);
    rows.push(...part.rows);
    next = part.next;
    const isEnough = rows.length >= wanted || (rows.length > 0 && parts >= PARTS_MOST);
    if (next === null || isEnough) return { rows, next };
  }
}
