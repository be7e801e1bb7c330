// Serves the pages just built and passes everything else on to a server. UPSTREAM, PORT.
import { readFile } from "node:fs/promises";
import http from "node:http";
import { extname, join, normalize } from "node:path";

const upstream = new URL(process.env.UPSTREAM ?? "http://127.0.0.1:7788");
const port = Number(process.env.PORT ?? 7813);
const pages = new URL("../dist/", import.meta.url).pathname;
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

async function sendPage(path, response) {
  const asked = normalize(path.replace(/^\/console\/?/, ""));
  const file = extname(asked) && !asked.startsWith("..") ? asked : "index.html";
  try {
    const bytes = await readFile(join(pages, file));
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

function pass(request, response) {
  const { method, url: path, headers } = request;
  const { hostname, port: at } = upstream;
  const onward = http.request({ method, path, hostname, port: at, headers: { ...headers, host: upstream.host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

const server = http.createServer((request, response) =>
  request.url.startsWith("/console/") ? sendPage(new URL(request.url, "http://here").pathname, response) : pass(request, response),
);
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/console/`));
