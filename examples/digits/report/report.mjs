// The report: one HTML file that needs nothing else.

import { readFileSync } from "node:fs";
import { figure, pageWithCurves } from "../../../scripts/report/page.mjs";
import { SIDE, TEST_SIZE } from "../data.mjs";
import { columns } from "../table.mjs";

const PICTURES = 24;

const own = (/** @type {string} */ file) => readFileSync(new URL(file, import.meta.url), "utf8");

/**
 * @typedef {import("../train.mjs").Run} Run
 * @typedef {import("../train.mjs").Misread} Misread
 */

/**
 * @param {Run[]} runs
 * @param {import("../options.mjs").Options} options
 */
export function reportPage(runs, options) {
  const fewest = runs.reduce((a, b) => (b.misread.length < a.misread.length ? b : a));
  const main = `<h1>Handwritten digits</h1>
<p>A network with one hidden layer, trained by each optimizer from the same first weights on the same batches, SGD at
ten times the learning rate of the others; “Adam → SGD” changes after a tenth of the training. Final loss and test accuracy are those of the last epoch. The first optimizer's times include the warming up of the
engine.</p>
${configuration(options)}
<h2 id="results">Results</h2>
${resultsTable(runs)}
<h2>Learning curves</h2>
<noscript><p>The curves need JavaScript; the table above has the final numbers.</p></noscript>
<div class="charts">
${chart("loss", "Training loss", "by epoch, logarithmic")}
${chart("accuracy", "Test accuracy", `by epoch, of ${TEST_SIZE} digits never trained on`)}
</div>
<h2>Misread digits</h2>
${pictures(fewest)}`;
  return pageWithCurves({
    title: `Handwritten digits: ${runs.map((run) => run.label).join(", ")}`,
    css: own("page.css"),
    main,
    id: "runs",
    data: runs.map(({ label, epochs }) => ({ label, epochs })),
    script: own("charts.js"),
  });
}

/** @param {import("../options.mjs").Options} options */
function configuration({ epochs, lr, batch, seed }) {
  const entries = Object.entries({ Epochs: epochs, "Learning rate": lr, "Batch size": batch, Seed: seed });
  return `<dl>${entries.map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

/** @param {Run[]} runs */
function resultsTable(runs) {
  const [name, ...rest] = columns;
  const row = (/** @type {Run} */ run) =>
    `<tr><th scope="row">${name.value(run)}</th>` +
    `${rest.map(({ value }) => `<td>${value(run)}</td>`).join("")}</tr>`;
  return `<div class="scroll" role="region" aria-labelledby="results" tabindex="0"><table>
<thead><tr>${columns.map(({ title }) => `<th scope="col">${title}</th>`).join("")}</tr></thead>
<tbody>
${runs.map(row).join("\n")}
</tbody></table></div>
<details><summary>sha256 of the final weights</summary><dl class="hashes">
${runs.map((run) => `<div><dt>${run.label}</dt><dd>${run.weights}</dd></div>`).join("\n")}
</dl></details>`;
}

/**
 * @param {string} id
 * @param {string} title
 * @param {string} subtitle
 */
function chart(id, title, subtitle) {
  return figure({ id, title, subtitle, label: `${title} by epoch: one curve per optimizer` });
}

/** @param {Run} run */
function pictures({ label, misread }) {
  const shown = misread.slice(0, PICTURES);
  const which = shown.length < misread.length ? `; the ${shown.length} it was surest of` : "";
  return `<p>${label} misread ${misread.length} of ${TEST_SIZE}${which}.</p>
<ul class="digits">
${shown.map(picture).join("\n")}
</ul>`;
}

/** @param {Misread} misread */
function picture({ pixels, label, predicted, confidence }) {
  const squares = Array.from(pixels, (ink, i) => {
    return ink && `<path d="M${i % SIDE} ${Math.floor(i / SIDE)}h1v1h-1z" opacity="${Number(ink.toFixed(2))}"/>`;
  });
  // A diverged network has no probabilities, hence no answer.
  const answer = predicted < 0 ? "nothing" : `<b>${predicted}</b> <small>${Math.floor(100 * confidence)} %</small>`;
  return `<li><svg viewBox="0 0 ${SIDE} ${SIDE}" aria-hidden="true">${squares.filter(Boolean).join("")}</svg>
<span>a <b>${label}</b></span><span>read as ${answer}</span></li>`;
}
