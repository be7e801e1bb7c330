// How much a browser loads first: the entry and what it imports at once, gzipped, against the limit.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 350;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const weigh = (file) => gzipSync(readFileSync(new URL(file, dist))).length / 1000;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const first = [...closure("index.html")];
const initial = first.reduce((sum, key) => sum + weigh(manifest[key].file), 0);
console.log(`first load: ${initial.toFixed(1)} kB of JavaScript, gzipped, in ${first.length} files (limit ${LIMIT_KB})`);
for (const [key, { file, isDynamicEntry }] of Object.entries(manifest)) {
  if (!isDynamicEntry) continue;
  const more = [...closure(key)].filter((each) => !first.includes(each)).reduce((sum, each) => sum + weigh(manifest[each].file), 0);
  console.log(`  ${key.padEnd(28)} +${more.toFixed(1)} kB  (${file})`);
}
if (initial > LIMIT_KB) process.exit(1);
