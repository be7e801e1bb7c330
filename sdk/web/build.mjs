// Builds the SDK twice: an ES module for bundlers and `import`, a classic script for `<script src>`.
//
// No eval and no injected style ends up in either, so both run under a strict content policy.

import { build } from "esbuild";

const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: import.meta.dirname,
};

await build({
  ...common,
  entryPoints: ["src/index.ts"],
  format: "esm",
  outfile: "dist/shopkeeper.mjs",
});
await build({
  ...common,
  entryPoints: ["src/index.ts"],
  format: "iife",
  globalName: "Shopkeeper",
  outfile: "dist/shopkeeper.js",
});
