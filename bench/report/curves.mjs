/** What the charts of the report show: numbers out of a record. */

import { limitOf } from "../lib/limits.mjs";

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
 * @property {string} xName what they count
 * @property {(number | string)[]} x
 * @property {string} unit
 * @property {{ name: string, show: boolean, values: (number | null)[] }[]} curves
 */

/**
 * The charts for which the record has numbers.
 *
 * @returns {Chart[]}
 */
export function chartsOf({ suites: { limits, sizes, tensors, scaling } }) {
  const charts = [];
  if (sizes?.rows.length > 0) charts.push(...sizeCharts(sizes, limits));
  if (tensors?.rows.length > 0) {
    charts.push({
      id: "tensors",
      title: "Time of a step",
      subtitle: "over many tensors, in µs",
      xName: "Tensors",
      x: tensors.rows.map(({ name }) => name),
      unit: "µs",
      curves: curvesOf(tensors, ({ best }) => best / 1e3),
    });
  }
  if (scaling !== undefined) charts.push(growthChart(scaling));
  return charts;
}

function sizeCharts(sizes, limits) {
  const x = sizes.rows.map(({ elements }) => elements);
  const common = { xName: "Elements", x };
  const time = {
    ...common,
    id: "size",
    title: "Time per element",
    subtitle: "in ns, by the number of elements of one tensor",
    unit: "ns",
    curves: curvesOf(sizes, ({ best }, { elements }) => best / elements),
  };
  const limit = (row) => limitOf(row, sizes.contestants, limits);
  if (sizes.rows.every((row) => limit(row) === null)) return [time];
  const binding = sizes.rows.map((row) => `${row.name} ${limit(row)?.binds}`).join(", ");
  const overLimit = {
    ...common,
    id: "limit",
    title: "Time over the limit",
    subtitle: `of 128-bit division or memory; what binds: ${binding}`,
    unit: "×",
    curves: curvesOf(sizes, ({ best }, row) => best / limit(row)?.nanoseconds),
  };
  return [time, overLimit];
}

function growthChart({ length, grouped, tensors, groups }) {
  const counts = [...tensors.map((row) => row.tensors), ...groups.map((row) => row.groups)];
  const x = [...new Set(counts)].sort((a, b) => a - b);
  const micros = (row) => (row === undefined ? null : row.best / 1e3);
  return {
    id: "growth",
    title: "Growth",
    subtitle: "of the time of our step, in µs",
    xName: "Tensors or groups",
    x,
    unit: "µs",
    curves: [
      {
        name: `tensors of ${length} elements`,
        show: true,
        values: x.map((count) => micros(tensors.find((row) => row.tensors === count))),
      },
      {
        name: `groups that share ${grouped}`,
        show: true,
        values: x.map((count) => micros(groups.find((row) => row.groups === count))),
      },
    ],
  };
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
