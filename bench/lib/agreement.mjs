/** Who computes something else is not faster: torch's rule in float64, and how far contestants are from it. */

export const HYPERPARAMETERS = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 };

/**
 * Steps before the comparison, with these gradients and then with the next ones: as long as a gradient stays the same, any
 * betas lead to the same place.
 */
export const STEPS = { grads: 3, nextGrads: 2 };
/** Parameters are about 0.1: float32 rounds them to 7e-9 a step. Epsilon-hat is 2e-4 off, no bias correction 5e-2. */
export const TOLERANCE = 2e-6;

/**
 * Parameters after those steps.
 *
 * @param {{ params(): Float32Array[], grads(): Float32Array[], nextGrads(): Float32Array[] }} data
 */
export function reference(data) {
  const { lr, beta1, beta2, eps } = HYPERPARAMETERS;
  const [grads, nextGrads] = [data.grads(), data.nextGrads()];
  return data.params().map((values, k) => {
    const result = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      let [p, m, v] = [values[i], 0, 0];
      for (let t = 1; t <= STEPS.grads + STEPS.nextGrads; t++) {
        const g = t <= STEPS.grads ? grads[k][i] : nextGrads[k][i];
        m += (1 - beta1) * (g - m);
        v = beta2 * v + (1 - beta2) * g * g;
        p -= (lr * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + eps);
      }
      result[i] = p;
    }
    return result;
  });
}

/**
 * How far a contestant is from torch's rule after those steps; `null` for one that has no parameters.
 *
 * @param {import("../contestants/index.mjs").Contestant} contestant which has not been stepped
 * @param {Parameters<typeof reference>[0]} data
 * @param {Float64Array[]} expected the {@link reference}
 */
export async function distance({ step, time, params, setGrads }, data, expected) {
  if (params === undefined) return null;
  const run = async (steps) => {
    if (time !== undefined) await time(steps);
    else for (let i = 0; i < steps; i++) step();
  };
  await run(STEPS.grads);
  await setGrads(data.nextGrads());
  await run(STEPS.nextGrads);
  return largestDifference(await params(), expected);
}

/** The largest difference between two lists of arrays; infinite if lengths differ or something is NaN. */
export function largestDifference(found, expected) {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const [k, values] of expected.entries()) {
    if (found[k].length !== values.length) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < values.length; i++) {
      const difference = Math.abs(found[k][i] - values[i]);
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    }
  }
  return largest;
}
