/** The report: one HTML file that needs nothing else. */

import { readFileSync } from "node:fs";
import { figure, pageWithCurves } from "../../scripts/report/page.mjs";
import { asHtml, escaped } from "../lib/tables.mjs";
import { chartsOf } from "./curves.mjs";

const own = (/** @type {string} */ file) => readFileSync(new URL(file, import.meta.url), "utf8");

/**
 * The page of a record.
 *
 * @param {any} record
 * @param {import("../lib/tables.mjs").Figures[]} tables
 */
export function reportPage(record, tables) {
  const charts = chartsOf(record);
  const { machine, versions, effort } = record;
  const about = {
    Processor: `${machine.processor}, ${machine.cores} cores`,
    System: machine.system,
    "Huge pages": machine.hugePages ?? "unknown",
    Node: `${versions.node} (V8 ${versions.v8})`,
    "adam-wasm": `${record.package.version}, ${record.package.commit ?? "no commit"}`,
    Rounds: effort.rounds,
    Date: record.date.slice(0, 10),
  };
  const main = `<h1>What a step costs</h1>
<p>Every contestant updates parameters and gradients of its own, in turns, round after round. Before it is timed it has to
agree with torch's rule in float64; one that is known to follow another rule is marked with *. The curves show the best
round; the names below them show and hide each.</p>
<dl>${Object.entries(about)
    .map(([term, value]) => `<div><dt>${term}</dt><dd>${escaped(value)}</dd></div>`)
    .join("")}</dl>
<noscript><p>The curves need JavaScript; the tables have the same numbers.</p></noscript>
<div class="charts">
${charts.map(figureOf).join("\n")}
</div>
${tables.map(asHtml).join("\n")}`;
  const title = `adam-wasm: benchmark of ${record.date.slice(0, 10)}`;
  return pageWithCurves({ title, css: own("page.css"), main, id: "charts", data: charts, script: own("charts.js") });
}

const figureOf = ({ id, title, subtitle }) =>
  figure({ id, title, subtitle, label: `${title}, ${subtitle}: one curve per contestant` });
