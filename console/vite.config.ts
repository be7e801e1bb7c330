// How the console is built: static files under /console/, one chunk for each page.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The server that `npm run dev` asks. */
const upstream = "http://127.0.0.1:7788";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: { target: "es2022", reportCompressedSize: false, chunkSizeWarningLimit: 900, manifest: true },
  server: { proxy: Object.fromEntries(["/v1", "/shop", "/openapi.json", "/readyz"].map((path) => [path, upstream])) },
  test: { include: ["tests/*.test.{ts,tsx}"], pool: "threads", maxWorkers: 1, minWorkers: 1 },
});
