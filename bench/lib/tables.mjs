/** How figures look: the same tables in the terminal and in the report. */

import Table from "cli-table3";

/**
 * Cells are text, the first of a row is its name; `notes` are lines below.
 *
 * @typedef {{ title: string, head: string[], rows: string[][], notes?: string[] }} Figures
 */

/** Three digits, and never an exponent. */
const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

export const count = (value) => value.toLocaleString("en");
export const micros = (nanoseconds) => digits(nanoseconds / 1e3);
export const perElement = (nanoseconds, { elements }) => digits(nanoseconds / elements);
export const ratio = (value) => `${digits(value)}×`;

/** @param {Figures} figures */
export function asText({ title, head, rows, notes = [] }) {
  const table = new Table({
    head,
    colAligns: head.map((_, i) => (i === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  return [title, table.toString(), ...notes].join("\n");
}

/** @param {Figures} figures */
export function asHtml({ title, head, rows, notes = [] }) {
  const cells = (texts, tag) => texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("");
  const row = (texts) => `<tr><th scope="row">${escaped(texts[0])}</th>${cells(texts.slice(1), "td")}</tr>`;
  return `<h2>${escaped(title)}</h2>
<div class="scroll" role="region" aria-label="${escaped(title)}" tabindex="0"><table>
<thead><tr>${head.map((text) => `<th scope="col">${escaped(text)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map(row).join("\n")}
</tbody></table></div>
${notes.map((note) => `<p class="note">${escaped(note)}</p>`).join("\n")}`;
}

export const escaped = (text) =>
  String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("\n", "<br>");
