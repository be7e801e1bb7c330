// Builds the shop to static files under /shop/, and tries it beside a server while developing.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** Nothing inline, nothing from elsewhere; a page of another origin than the API adds it here. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
].join("; ");

export default defineConfig({
  base: "/shop/",
  resolve: {
    alias: {
      "@shopkeeper/web": fileURLToPath(new URL("../sdk/web/src/index.ts", import.meta.url)),
    },
  },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { "/v1": process.env.SHOPKEEPER ?? "http://127.0.0.1:7788" },
  },
  plugins: [
    {
      // While developing, Vite puts styles inline, which the policy forbids.
      name: "content-policy",
      apply: "build",
      transformIndexHtml: () => [
        {
          tag: "meta",
          attrs: { "http-equiv": "Content-Security-Policy", content: policy },
          injectTo: "head-prepend",
        },
      ],
    },
  ],
});
