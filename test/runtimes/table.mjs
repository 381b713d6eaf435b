/** What the hosts said, as a table. */

import Table from "cli-table3";

const milliseconds = (time) => (time < 10 ? time.toFixed(1) : time.toFixed(0));

/** @type {(results: readonly import("./index.mjs").Result[]) => string} */
export function table(results) {
  const table = new Table({
    head: ["host", "version", "kernel", "import, ms", "first step, ms", "resumes", ""],
    colAligns: ["left", "left", "left", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { host, report, verdict } of results) {
    const { version = "", backend, importTime, firstStep, resumed } = report ?? {};
    const said =
      report === null
        ? ["", "", "", "", ""]
        : [
            version,
            backend.kind,
            ...[importTime, firstStep].map(milliseconds),
            Object.values(resumed).flat().length || "",
          ];
    table.push([host.name, ...said, verdict]);
  }
  return table.toString();
}
