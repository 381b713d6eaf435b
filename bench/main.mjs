/** `npm run bench`: what a step costs here, beside other ways to make it and beside what the machine allows. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { Failure } from "../scripts/lib/exec.mjs";
import { main } from "../scripts/lib/main.mjs";
import { comparison, readRecord } from "./lib/compare.mjs";
import { newRecord } from "./lib/record.mjs";
import { asText } from "./lib/tables.mjs";
import { parseOptions, USAGE } from "./options.mjs";
import { reportPage } from "./report/report.mjs";

await main(async () => {
  const options = parsed(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  const earlier = options.compare === null ? null : readRecord(options.compare);
  const record = await newRecord(options);
  const { machine, versions } = record;
  console.log(`${machine.processor}, ${machine.cores} cores, Node ${versions.node}, kernel: ${record.package.kernel}`);
  const tables = [];
  const print = (found) => {
    for (const figures of found) console.log(`\n${asText(figures)}`);
    tables.push(...found);
  };
  for (const suite of options.suites) {
    const result = await suite.run(options);
    // It has none of the workloads that are asked for.
    if ((result.rows ?? result).length === 0) continue;
    record.suites[suite.name] = result;
    print(suite.tables(result, record));
    // Each time, so that who ends it early has what was measured until then.
    keep(options.out, record, tables);
  }
  if (tables.length === 0) throw new Failure("Nothing was measured: these suites have no such workload");
  try {
    if (earlier !== null) print(comparison(record, earlier));
  } finally {
    for (const path of keep(options.out, record, tables)) console.log(`\n${relative(process.cwd(), path)}`);
  }
});

function parsed(args) {
  try {
    return parseOptions(args);
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(error.message);
    throw error;
  }
}

/** Writes the record and its report; returns their paths. */
function keep(out, record, tables) {
  const [json, html] = [`${out}.json`, `${out}.html`];
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(json, `${JSON.stringify(record, null, 1)}\n`);
  writeFileSync(html, reportPage(record, tables));
  return [json, html];
}
