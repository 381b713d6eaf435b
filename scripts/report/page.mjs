/** Pages with curves, each in one HTML file that needs nothing else: uPlot and their look are copied into it. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const library = (/** @type {string} */ file) => readFileSync(require.resolve(`uplot/dist/${file}`), "utf8");
const shared = (/** @type {string} */ file) => readFileSync(new URL(file, import.meta.url), "utf8");

/**
 * @param {object} parts
 * @param {string} parts.title
 * @param {string} parts.css the widths `--widest`, of the page, and `--chart`, and what else it adds to page.css
 * @param {string} parts.main HTML
 * @param {string} parts.id under which the script finds its data
 * @param {unknown} parts.data
 * @param {string} parts.script draws the curves
 */
export function pageWithCurves({ title, css, main, id, data, script }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${library("uPlot.min.css")}</style>
<style>${shared("page.css")}${css}</style>
</head>
<body>
<main>
${main}
</main>
<script type="application/json" id="${id}">${json(data)}</script>
<script>${library("uPlot.iife.min.js")}</script>
<script>${shared("legend.js")}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Safe inside a script element; NaN becomes null, which leaves a gap in the curve. */
const json = (/** @type {unknown} */ value) => JSON.stringify(value).replaceAll("<", "\\u003c");

/**
 * A box for curves; `main` has them within an element of class `charts`.
 * @param {{ id: string, title: string, subtitle: string, label: string }} parts `label` stands for the picture
 */
export function figure({ id, title, subtitle, label }) {
  return `<figure><figcaption><strong>${title}</strong> ${subtitle}</figcaption>
<div id="${id}" data-label="${label}"></div></figure>`;
}
