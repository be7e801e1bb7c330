// How a test of Node's runner is told: one line each, as all checks are.

export default async function* lines(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    // What is told of a suite is told of its tests already.
    if (data.details?.type === "suite") continue;
    const s = ((data.details?.duration_ms ?? 0) / 1000).toFixed(1);
    if (data.skip !== undefined) yield `FAIL  ${data.name}: it was skipped\n`;
    else if (type === "test:pass") yield `ok    ${data.name} (${s} s)\n`;
    else yield `FAIL  ${data.name}: ${why(data.details?.error)}\n`;
  }
}

function why(error) {
  const cause = error?.cause ?? error;
  const [, where] = String(cause?.stack ?? "").match(/\/([\w.-]+\.mjs:\d+)/) ?? [];
  const text = String(cause?.message ?? cause).split("\n");
  const shown = text.filter((line) => line.trim()).slice(0, 12);
  return (where ? where + ": " : "") + shown.join("\n      ");
}
