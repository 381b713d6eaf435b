/** `npm run bench`: what an Adam step costs here, through the public API, beside the loop one would write instead. */

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { backend } from "adam-wasm";
import Table from "cli-table3";
import { CONTESTANTS } from "./contestants.mjs";
import { measureDecay } from "./decay.mjs";
import { FAMILY } from "./family.mjs";
import { measure, measureRunning } from "./measure.mjs";
import { triad } from "./triad.mjs";
import { data, WORKLOADS } from "./workload.mjs";

const USAGE = `Usage: npm run bench -- [--rounds 11] [--only "200 × 64"]

  --rounds N    interleaved rounds of each row, at least 1 (11)
  --only TEXT   only the rows whose name holds TEXT
  --help        this text`;

const options = parse();
const workloads = WORKLOADS.filter(({ name }) => name.includes(options.only));
if (workloads.length === 0)
  fail(`--only ${options.only} matches none of ${WORKLOADS.map(({ name }) => name).join(", ")}`);

console.log(
  `Adam, float32, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, kernel: ${backend().kind}`,
);
console.log(
  `Time of one step, best (median) of ${options.rounds} interleaved rounds, and the plain JS loop's time over it.\n`,
);

const table = new Table({
  head: ["elements", ...CONTESTANTS.map(({ name }) => name)],
  colAligns: Array(1 + CONTESTANTS.length).fill("right"),
  style: { head: [], border: [], compact: true },
});
const best = new Map();
for (const workload of workloads) {
  process.stderr.write(`  ${workload.name} …\n`);
  const rows = measure(CONTESTANTS, () => data(workload), workload.count * workload.length, options.rounds);
  best.set(workload.name, rows[1].best);
  table.push([
    workload.name,
    ...rows.map(
      (row) =>
        `${micros(row.best)} (${micros(row.median)})${row === rows[0] ? "" : `  ${ratio(rows[0].best, row.best)}`}`,
    ),
  ]);
}
console.log(table.toString());

for (const { name, count } of workloads.filter(({ count }) => count > 1)) {
  const flat = WORKLOADS.find((other) => other.name.includes(`(${name} flat)`));
  if (best.has(flat?.name))
    console.log(`${name} over one flat tensor: ${ratio(best.get(name), best.get(flat.name))} (${count} tensors)`);
}
if (options.only === "") {
  const { normal, last } = measureDecay();
  measureFamily();
  console.log(`5,000 zero gradients, betas (0.9, 0.9): the last 1,000 steps over normal ones: ${ratio(last, normal)}`);
}

/** Each rule over its traffic, in and out of cache. */
function measureFamily() {
  const lengths = [1e4, 1e6];
  const family = new Table({
    head: ["one tensor", ...lengths.map((length) => `${length.toLocaleString("en")} elements`)],
    colAligns: ["left", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, written, make } of FAMILY) {
    process.stderr.write(`  ${name} …\n`);
    const cells = lengths.map((length) => {
      const [step, limit] = measureRunning([make(length), triad(written, length)], length, options.rounds);
      return `${(step.best / length).toFixed(3)} ns/element  ${ratio(step.best, limit.best)}`;
    });
    family.push([name, ...cells]);
  }
  console.log("\nTime of a step, and over the same memory traffic without arithmetic.\n");
  console.log(family.toString());
}

function micros(nanoseconds) {
  return `${(nanoseconds / 1e3).toPrecision(4)} µs`;
}

function ratio(a, b) {
  return `${(a / b).toFixed(2)}×`;
}

function parse() {
  const { values } = parsed();
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds must be a whole number from 1, got ${values.rounds}`);
  return { rounds, only: values.only };
}

function parsed() {
  try {
    return parseArgs({
      options: {
        rounds: { type: "string", default: "11" },
        only: { type: "string", default: "" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    return fail(error.message);
  }
}

/** @returns {never} */
function fail(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
