/**
 * Says what is being done: one line for each finished step, and a counter of the running ones on a terminal.
 *
 * All of it goes to stderr, so that the output of a program started through `run.mjs` can be piped.
 */

const out = process.stderr;
const active = new Map();
let ticker;

const seconds = (since) => (performance.now() - since) / 1000;

function draw() {
  if (!out.isTTY) return;
  const names = [...active].map(([name, since]) => `${name} ${Math.floor(seconds(since))} s`);
  const text = names.length === 0 ? "" : `  … ${names.join(", ")}`;
  out.write(`\r\x1b[K${text.slice(0, (out.columns || 80) - 1)}`);
}

/** Prints a line above the counter. */
export function say(text) {
  out.write(out.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
  draw();
}

/** Runs `work` and prints its name and duration, also if it fails. */
export async function step(name, work) {
  const since = performance.now();
  active.set(name, since);
  ticker ??= out.isTTY ? setInterval(draw, 250) : undefined;
  ticker?.unref();
  draw();
  let mark = " failed";
  try {
    const result = await work();
    mark = "";
    return result;
  } finally {
    active.delete(name);
    say(`  ${name.padEnd(36)}${seconds(since).toFixed(1).padStart(6)} s${mark}`);
  }
}

/** Runs everything to its end, then throws the first error: what did succeed need not be done again. */
export async function all(...promises) {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return results.map((result) => (result.status === "fulfilled" ? result.value : undefined));
}
