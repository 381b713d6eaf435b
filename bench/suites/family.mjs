/** What each rule and each option costs beside its memory traffic, in and out of cache. */

import { Adam, Adamax, AdamW, NAdam, Parameter, RAdam, SGD, SparseAdam, SparseTensor, Tensor } from "adam-wasm";
import { step } from "../../scripts/lib/step.mjs";
import { triad } from "../contestants/triad.mjs";
import { race } from "../lib/measure.mjs";
import { perElement, ratio } from "../lib/tables.mjs";
import { disposeAll } from "../lib/tensors.mjs";
import { dataOf, flat } from "../lib/workload.mjs";

const WORKLOADS = [1e4, 1e6].map(flat);
const WIDTH = 64;

const dense =
  (create, { Values = /** @type {any} */ (Float32Array), gradScale = 1 } = {}) =>
  (data) => {
    const parameter = Parameter.from(new Values(data.params()[0]));
    const gradient = Tensor.from(new Values(data.grads()[0]));
    parameter.grad = gradient;
    const optimizer = create([parameter]);
    const scaled = { gradScale };
    return {
      stateBytes: () => stateBytes(optimizer, parameter),
      step: gradScale === 1 ? () => optimizer.step() : () => optimizer.step(undefined, scaled),
      dispose: () => disposeAll(optimizer, parameter, gradient),
    };
  };

/** Every row has a gradient: the traffic of a dense step, and the indices. */
function sparse(data) {
  const rows = Math.floor(data.elements / WIDTH);
  const shape = [rows, WIDTH];
  const indices = Array.from({ length: rows }, (_, i) => i);
  const parameter = Parameter.from(data.params()[0].subarray(0, rows * WIDTH), { shape });
  parameter.grad = SparseTensor.coo(indices, data.grads()[0].subarray(0, rows * WIDTH), { shape });
  const optimizer = new SparseAdam([parameter]);
  return {
    stateBytes: () => stateBytes(optimizer, parameter),
    step: () => optimizer.step(),
    dispose: () => disposeAll(optimizer, parameter),
  };
}

/** What the optimizer holds of it, per element. */
function stateBytes(optimizer, parameter) {
  const tensors = Object.values(optimizer.state.get(parameter) ?? {}).filter((value) => value instanceof Tensor);
  return tensors.reduce((sum, { data }) => sum + data.byteLength, 0) / parameter.length;
}

/** `written`: arrays of float32 that a step reads and writes, the parameter among them. */
const RULES = [
  { name: "SGD", written: 1, make: dense((params) => new SGD(params)) },
  { name: "SGD, momentum", written: 2, make: dense((params) => new SGD(params, { momentum: 0.9 })) },
  { name: "Adam", written: 3, make: dense((params) => new Adam(params)) },
  { name: "Adam, exact", written: 3, make: dense((params) => new Adam(params, { exact: true })) },
  { name: "Adam, epsilonHat", written: 3, make: dense((params) => new Adam(params, { epsilonHat: true })) },
  { name: "Adam, maximize", written: 3, make: dense((params) => new Adam(params, { maximize: true })) },
  { name: "Adam, gradScale", written: 3, make: dense((params) => new Adam(params), { gradScale: 0.5 }) },
  { name: "Adam, L2", written: 3, make: dense((params) => new Adam(params, { weightDecay: 0.1 })) },
  { name: "Adam, float64", written: 6, make: dense((params) => new Adam(params), { Values: Float64Array }) },
  { name: "AdamW", written: 3, make: dense((params) => new AdamW(params)) },
  { name: "AMSGrad", written: 4, make: dense((params) => new Adam(params, { amsgrad: true })) },
  { name: "Adamax", written: 3, make: dense((params) => new Adamax(params)) },
  { name: "NAdam", written: 3, make: dense((params) => new NAdam(params)) },
  { name: "RAdam", written: 3, make: dense((params) => new RAdam(params)) },
  { name: "SparseAdam", written: 3, make: sparse },
];

/** @type {import("./index.mjs").Suite} */
export const FAMILY = {
  name: "family",
  run: async ({ isWorkload, effort }) => {
    const rows = [];
    for (const workload of WORKLOADS.filter(isWorkload)) {
      rows.push(await step(`family over ${workload.name}`, () => runOne(workload, effort)));
    }
    return rows;
  },
  tables: (rows) => {
    const cell = (name) => (row) => {
      const { best, overTriad } = row.results.find(({ rule }) => rule === name);
      return `${perElement(best, row)}  ${ratio(overTriad)}`;
    };
    return [
      {
        title:
          "A step of each rule over one tensor, per element: ns, times its memory traffic alone, and bytes of state",
        head: ["", ...rows.map(({ name }) => name), "state, bytes"],
        rows: RULES.map(({ name }, i) => [name, ...rows.map(cell(name)), String(rows[0]?.results[i].stateBytes ?? "")]),
      },
    ];
  },
};

async function runOne(workload, effort) {
  const data = dataOf(workload);
  const limits = [...new Set(RULES.map(({ written }) => written))];
  const rules = RULES.map(({ make }) => make(data));
  const triads = await Promise.all(limits.map((written) => triad(written, workload.elements)));
  const timings = await race([...rules, ...triads], effort);
  const bytes = rules.map(({ stateBytes }) => stateBytes());
  for (const { dispose } of rules) dispose();
  const results = RULES.map(({ name, written }, i) => {
    const limit = timings[RULES.length + limits.indexOf(written)];
    return { rule: name, ...timings[i], overTriad: timings[i].best / limit.best, stateBytes: bytes[i] };
  });
  return { name: workload.name, elements: workload.elements, results };
}
