/**
 * How far float32 training ends from float64 training on the same float32 gradients, beside what torch 2.13 was recorded
 * to lose on them (`vectors/float32-error.json`).
 *
 * The float64 run is the package's own, which other tests hold to the formulas within 1e-12.
 */

import { readFileSync } from "node:fs";
import { Adam, AdamW, Parameter } from "adam-wasm";

const torch = JSON.parse(readFileSync(new URL("../vectors/float32-error.json", import.meta.url), "utf8"));
const LENGTH = torch.n;
const RECORDED_STEPS = [1, 10, 100, 1000];

/** @type {Record<string, [typeof Adam, object]>} Torch's names of its configurations, and ours. */
const CONFIGS = {
  Adam: [Adam, {}],
  "Adam wd .1": [Adam, { weightDecay: 0.1 }],
  "Adam amsgrad": [Adam, { amsgrad: true }],
  AdamW: [AdamW, {}],
  "Adam betas .8 .99": [Adam, { betas: [0.8, 0.99] }],
  "Adam beta2 .9999": [Adam, { betas: [0.9, 0.9999] }],
};

/** Families of gradients, by a step's number: the recipes of `vectors/generate.py`. */
const FAMILIES = {
  normal: (t) => normal(7001, t),
  small: (t) => normal(7011, t).map((x) => 1e-4 * x),
  wide: (t) => {
    const [sign, mantissa, exponent] = [7021, 7022, 7023].map((seed) => uniform(seed, t));
    return sign.map((s, i) => (s < 0.5 ? -1 : 1) * (1 + mantissa[i]) * 2 ** (Math.floor(exponent[i] * 50) - 40));
  },
  sparse: (t) => {
    const [chosen, values] = [uniform(7031, t), normal(7032, t)];
    return chosen.map((c, i) => (c < 0.01 ? values[i] : 0));
  },
  "constant sign": (t) => normal(7041, t).map((x) => 0.1 * (1 + 0.01 * x)),
};

function uniform(seed, step) {
  return Float64Array.from({ length: LENGTH }, (_, index) => {
    let x = Math.imul(seed, 0x9e3779b9) ^ Math.imul(step, 0x85ebca6b) ^ Math.imul(index, 0xc2b2ae35);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  });
}

function normal(seed, step) {
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => uniform(seed + k, step));
  return a.map((x, i) => (x + b[i] + c[i] + d[i] - 2) * 1.7320508075688772);
}

export const families = Object.keys(FAMILIES);

/**
 * Trains every configuration on one family of gradients: a row for each at each recorded step, with torch's error (the
 * worse of its loop and its fused kernel), and ours with `exact` and by default, over torch's.
 */
export function* measure(family) {
  const start = Float32Array.from(normal(7000, 0), (x) => 0.1 * x);
  const trainings = Object.entries(CONFIGS).map(([config, [Optimizer, options]]) => ({
    config,
    runs: /** @type {const} */ ([
      ["float64", true],
      ["float32", true],
      ["float32", false],
    ]).map(([dtype, exact]) => {
      const parameter = Parameter.from(start, { dtype });
      return { parameter, optimizer: new Optimizer([parameter], { ...options, exact }) };
    }),
  }));
  for (let step = 1; step <= RECORDED_STEPS.at(-1); step++) {
    const gradient = Float32Array.from(FAMILIES[family](step));
    for (const { config, runs } of trainings) {
      for (const { parameter, optimizer } of runs) {
        parameter.grad = parameter.dtype === "float64" ? Float64Array.from(gradient) : gradient;
        optimizer.step();
      }
      if (RECORDED_STEPS.includes(step)) yield row(family, config, step, runs);
    }
  }
  for (const { runs } of trainings) {
    for (const { parameter, optimizer } of runs) {
      optimizer.dispose();
      parameter.dispose();
    }
  }
}

function row(family, config, step, runs) {
  const [reference, ...ours] = runs;
  const { loop, fused } = torch.rows.find((r) => r.family === family && r.config === config && r.t === step);
  const theirs = Object.fromEntries(Object.keys(loop).map((key) => [key, Math.max(loop[key], fused[key])]));
  const [exact, byDefault] = ours.map((run) => {
    const { rms, max, v } = errors(run, reference);
    return { rms: ratio(rms, theirs.p_rms), max: ratio(max, theirs.p_max), v: ratio(v, theirs.v_rel_max) };
  });
  return { family, config, step, torch: { rms: theirs.p_rms, max: theirs.p_max }, exact, byDefault };
}

/** Absolute errors of the parameter, and the largest relative one of its second moment where that is above 1e-30. */
function errors(run, reference) {
  const differences = Array.from(run.parameter.data, (x, i) => Math.abs(x - reference.parameter.data[i]));
  const v = reference.optimizer.state.get(reference.parameter).expAvgSq.data;
  const relative = Array.from(run.optimizer.state.get(run.parameter).expAvgSq.data, (x, i) =>
    v[i] > 1e-30 ? Math.abs(x - v[i]) / v[i] : 0,
  );
  return {
    rms: Math.sqrt(differences.reduce((sum, x) => sum + x * x, 0) / LENGTH),
    max: Math.max(...differences),
    v: Math.max(...relative),
  };
}

/** Nothing over nothing is a draw. */
function ratio(ours, theirs) {
  return ours === theirs ? 1 : ours / theirs;
}
