/** What the charts of the report show: numbers out of a record. */

import { limitOf } from "../suites/limits.mjs";

/** Who is shown at first; the others are where the reader clicks on their names. */
const SHOWN = [
  "plain JS loop",
  "adam-wasm",
  "adam-wasm exact",
  "tfjs wasm",
  "jax-js jit",
  "PyTorch default, 1 thread",
  "PyTorch fused, 1 thread",
  "Rust 128",
  "Rust 256",
  "triad, WebAssembly",
];

/**
 * `x` are numbers, on a logarithmic axis, or names, side by side; a curve has a value for each, or null.
 *
 * @typedef {object} Chart
 * @property {string} id
 * @property {string} title
 * @property {string} subtitle
 * @property {(number | string)[]} x
 * @property {string} unit
 * @property {{ name: string, show: boolean, values: (number | null)[] }[]} curves
 */

/**
 * The charts for which the record has numbers.
 *
 * @returns {Chart[]}
 */
export function chartsOf({ suites: { limits, sizes, tensors } }) {
  const charts = [];
  if (sizes?.rows.length > 0) {
    const x = sizes.rows.map(({ elements }) => elements);
    charts.push({
      id: "size",
      title: "Time per element",
      subtitle: "in ns, by the number of elements of one tensor",
      x,
      unit: "ns",
      curves: curvesOf(sizes, ({ best }, { elements }) => best / elements),
    });
    const limit = (row) => limitOf(row, sizes.contestants, limits);
    if (sizes.rows.some((row) => limit(row) !== null)) {
      charts.push({
        id: "limit",
        title: "Time over the limit",
        subtitle: `of 128-bit division or memory; what binds: ${sizes.rows.map((row) => `${row.name} ${limit(row)?.binds}`).join(", ")}`,
        x,
        unit: "×",
        curves: curvesOf(sizes, ({ best }, row) => best / limit(row)?.nanoseconds),
      });
    }
  }
  if (tensors?.rows.length > 0) {
    charts.push({
      id: "tensors",
      title: "Time of a step",
      subtitle: "over many tensors, in µs",
      x: tensors.rows.map(({ name }) => name),
      unit: "µs",
      curves: curvesOf(tensors, ({ best }) => best / 1e3),
    });
  }
  return charts;
}

function curvesOf({ contestants, rows }, value) {
  return contestants.map(({ name }) => ({
    name,
    show: SHOWN.includes(name),
    values: rows.map((row) => {
      const result = row.results.find(({ contestant }) => contestant === name);
      const number = result.best === undefined ? Number.NaN : value(result, row);
      return Number.isFinite(number) ? number : null;
    }),
  }));
}
