/** `npm run accuracy`: the float32 error of Adam and AdamW over torch's, on five families of gradients. */

import { backend } from "adam-wasm";
import Table from "cli-table3";
import { families, measure } from "./measure.mjs";

if (process.argv.length > 2) {
  console.error(`Unexpected argument: ${process.argv[2]} (it takes none)`);
  process.exit(2);
}
const rows = [];
for (const family of families) {
  process.stderr.write(`  ${family} gradients …\n`);
  rows.push(...measure(family));
}

console.log(
  `Float32 error of parameters against float64, over that of torch 2.13 on a CPU (kernel: ${backend().kind}).`,
);
console.log("Root mean square (largest element), after 1,000 steps; exact, and default.\n");
const configs = [...new Set(rows.map(({ config }) => config))];
const table = new Table({
  head: ["gradients", ...configs],
  colAligns: ["left", ...configs.map(() => /** @type {const} */ ("right"))],
  style: { head: [], border: [], compact: true },
});
for (const family of families) {
  const last = rows.filter((row) => row.family === family && row.step === 1000);
  table.push([family, ...last.map(({ exact, byDefault }) => `${shown(exact)}\n${shown(byDefault)}`)]);
}
console.log(table.toString());

const largest = (mode, what) => Math.max(...rows.map((row) => row[mode][what]));
console.log(`\nLargest of all ${rows.length} rows (steps 1, 10, 100, 1,000), over torch's:`);
for (const [name, mode] of [
  ["exact", "exact"],
  ["default", "byDefault"],
]) {
  const [rms, max, v] = ["rms", "max", "v"].map((what) => largest(mode, what).toFixed(4));
  console.log(`  ${name.padEnd(8)} rms ${rms}, largest element ${max}, second moment ${v}`);
}

function shown({ rms, max }) {
  return `${rms.toFixed(3)} (${max.toFixed(3)})`;
}
