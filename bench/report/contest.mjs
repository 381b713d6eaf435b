/** How a contest is shown: everybody's times, and the limits of the machine below them. */

import { fastestTriad, limitOf, TRAFFIC } from "../lib/limits.mjs";
import { ratio } from "../lib/tables.mjs";

const OURS = "adam-wasm";

/**
 * A row for each contestant, a column for each workload.
 *
 * @param {string} title
 * @param {any} result what the suite has in the record
 * @param {Parameters<typeof limitOf>[2]} limits
 * @param {(nanoseconds: number, row: any) => string} shown
 * @returns {import("../lib/tables.mjs").Figures}
 */
export function figures(title, { contestants, missing, rows }, limits, shown) {
  const first = contestants.find(({ isLimit }) => !isLimit)?.name;
  const bestOf = ({ results }, name) => results.find(({ contestant }) => contestant === name)?.best;
  const cell = (row, name) => {
    const result = row.results.find(({ contestant }) => contestant === name);
    if (result.best === undefined) return "–";
    const base = bestOf(row, first);
    const over = name === first || base === undefined ? "" : `\n${ratio(base / result.best)}`;
    return `${shown(result.best, row)} (${shown(result.median, row)} ±${Math.round(100 * result.spread)} %)${over}`;
  };
  const marked = ({ name, differs }) => (differs === null ? name : `${name} *`);
  return {
    title: `${title}, float32`,
    head: ["", ...rows.map(({ name }) => name)],
    rows: [
      ...contestants.map((each) => [marked(each), ...rows.map((row) => cell(row, each.name))]),
      ...limitRows(contestants, rows, limits, (row) => bestOf(row, OURS), shown),
    ],
    notes: [
      ...(first === undefined
        ? []
        : [`Best (median ± distance of quartiles) of the rounds; below it, how many times as fast as ${first}.`]),
      ...contestants.filter(({ differs }) => differs !== null).map(({ name, differs }) => `* ${name}: ${differs}.`),
      ...rows.flatMap(({ name, results }) =>
        results.filter(({ skipped }) => skipped).map((each) => `– ${each.contestant} over ${name}: ${each.skipped}.`),
      ),
      ...namesBy(contestants, "version").map(([version, names]) => `${names}: ${version}.`),
      ...namesBy(missing, "reason").map(([reason, names]) => `Missing: ${names}: ${reason}.`),
    ],
  };
}

/** Those that share a value of that key, if it is not null: `[value, "name; name"]`. */
function namesBy(items, key) {
  const values = [...new Set(items.map((item) => item[key]))].filter((value) => value !== null);
  const namesOf = (value) => items.filter((item) => item[key] === value).map(({ name }) => name);
  return values.map((value) => [value, namesOf(value).join("; ")]);
}

/** What the machine allows, as far as it was measured. */
function limitRows(contestants, rows, limits, ours, shown) {
  const triads = rows.map((row) => fastestTriad(row, contestants));
  const highest = rows.map((row) => limitOf(row, contestants, limits));
  const lines = [
    ["memory, GB/s", ...triads.map((time, i) => (time === null ? "" : gigabytes(rows[i], time)))],
    [
      "limit",
      ...highest.map((limit, i) => (limit === null ? "" : `${limit.name}: ${shown(limit.nanoseconds, rows[i])}`)),
    ],
    [`${OURS} over it`, ...highest.map((limit, i) => overLimit(limit, ours(rows[i])))],
    ["what binds", ...highest.map((limit) => limit?.binds ?? "")],
  ];
  return lines.filter(([, ...cells]) => cells.some((text) => text !== ""));
}

const gigabytes = ({ elements }, nanoseconds) => ((TRAFFIC * elements) / nanoseconds).toFixed(1);
const overLimit = (limit, time) => (limit === null || time === undefined ? "" : ratio(time / limit.nanoseconds));
