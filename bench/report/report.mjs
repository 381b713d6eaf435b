/** The report: one HTML file that needs nothing else. page.css, charts.js and uPlot are copied into it. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { asHtml, escaped } from "../lib/tables.mjs";
import { chartsOf } from "./curves.mjs";

const require = createRequire(import.meta.url);
const library = (/** @type {string} */ file) => readFileSync(require.resolve(`uplot/dist/${file}`), "utf8");
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
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>adam-wasm: benchmark of ${record.date.slice(0, 10)}</title>
<link rel="icon" href="data:,">
<style>${library("uPlot.min.css")}</style>
<style>${own("page.css")}</style>
</head>
<body>
<main>
<h1>What a step costs</h1>
<p>Every contestant updates parameters and gradients of its own, in turns, round after round. Before it is timed it has to
agree with torch's rule in float64; one that is known to follow another rule is marked with *. The curves show the best
round; the names below them show and hide each.</p>
<dl>${Object.entries(about)
    .map(([term, value]) => `<div><dt>${term}</dt><dd>${escaped(value)}</dd></div>`)
    .join("")}</dl>
<noscript><p>The curves need JavaScript; the tables have the same numbers.</p></noscript>
<div class="charts">
${charts.map(figure).join("\n")}
</div>
${tables.map(asHtml).join("\n")}
</main>
<script type="application/json" id="charts">${json(charts)}</script>
<script>${library("uPlot.iife.min.js")}</script>
<script>${own("charts.js")}</script>
</body>
</html>
`;
}

function figure({ id, title, subtitle }) {
  return `<figure><figcaption><strong>${title}</strong> ${subtitle}</figcaption>
<div id="${id}" data-label="${title}, ${subtitle}: one curve per contestant"></div></figure>`;
}

/** Safe inside a script element. */
const json = (value) => JSON.stringify(value).replaceAll("<", "\\u003c");
