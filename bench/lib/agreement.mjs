/** Who computes something else is not faster: torch's rule in float64, and how far contestants are from it. */

export const HYPERPARAMETERS = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 };

/** Steps before the comparison. */
export const STEPS = 5;
/** Parameters are about 0.1: float32 rounds them to 7e-9 a step. Epsilon-hat is 2e-4 off, no bias correction 5e-2. */
export const TOLERANCE = 2e-6;

/**
 * Parameters after {@link STEPS} steps.
 *
 * @param {Float32Array[]} params
 * @param {Float32Array[]} grads
 */
export function reference(params, grads) {
  const { lr, beta1, beta2, eps } = HYPERPARAMETERS;
  return params.map((values, k) => {
    const result = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      let [p, m, v] = [values[i], 0, 0];
      const g = grads[k][i];
      for (let t = 1; t <= STEPS; t++) {
        m += (1 - beta1) * (g - m);
        v = beta2 * v + (1 - beta2) * g * g;
        p -= (lr * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + eps);
      }
      result[i] = p;
    }
    return result;
  });
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
