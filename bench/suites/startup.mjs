/** What a fresh Node pays before steps are as fast as they get, and the memory that parameters take: a process each. */

import { ask } from "../../scripts/lib/exec.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/step.mjs";

const PROGRAM = inRoot("bench/programs/startup.mjs");
/** What a report of that program has, and how it is shown. */
const ROWS = [
  { key: "importMs", name: "import, ms" },
  { key: "createMs", name: "parameter, gradient and optimizer of 10,000 elements, ms" },
  { key: "firstStepMs", name: "first step, ms" },
  { key: "peakMs", name: "from import to steps within 10 % of later ones, ms" },
  { key: "stepsToPeak", name: "steps until then" },
  { key: "bytesPerElement", name: "Adam's memory per parameter: parameter, gradient, moments, bytes" },
  { key: "stateBytesPerElement", name: "of which state, bytes" },
];

/** @type {import("./index.mjs").Suite} */
export const STARTUP = {
  name: "startup",
  run: ({ effort: { rounds } }) =>
    step("start-up", async () => {
      const reports = [];
      for (let i = 0; i < rounds; i++) {
        const report = await ask(process.execPath, [PROGRAM]);
        if (report === null) throw new Error(`${PROGRAM} failed`);
        reports.push(JSON.parse(report));
      }
      const sorted = (key) => reports.map((report) => report[key]).sort((a, b) => a - b);
      return Object.fromEntries(
        ROWS.map(({ key }) => [key, { best: sorted(key)[0], median: sorted(key)[reports.length >> 1] }]),
      );
    }),
  tables: (result) => [
    {
      title: "Start-up and memory of adam-wasm in a fresh Node",
      head: ["", "best", "median"],
      rows: ROWS.map(({ key, name }) => [name, shown(result[key].best), shown(result[key].median)]),
    },
  ],
};

const shown = (value) => String(Number(value.toFixed(2)));
