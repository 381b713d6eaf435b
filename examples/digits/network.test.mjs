// The gradients written by hand, against finite differences of the loss.

import { expect, test } from "vitest";
import { Network } from "./network.mjs";
import { seededRandom } from "./random.mjs";

const STEP = 2 ** -16; // small enough that no ReLU switches on the way, at these seeds

test.each([1, 2, 3])("every gradient is the slope of the loss (seed %i)", (seed) => {
  const random = seededRandom(seed);
  const network = new Network([5, 7, 3], random);
  const x = Float64Array.from({ length: 4 * 5 }, random);
  const labels = Uint8Array.of(0, 2, 1, 2);

  network.backward(x, labels);
  const gradients = network.namedParameters().map(([, parameter]) => gradientOf(parameter).slice());

  for (const [k, [name, parameter]] of network.namedParameters().entries()) {
    for (const [i, slope] of gradients[k].entries()) {
      const value = parameter.data[i];
      const above = lossAt(parameter, i, value + STEP);
      const below = lossAt(parameter, i, value - STEP);
      parameter.data[i] = value;
      expect(slope, `${name}[${i}]`).toBeCloseTo((above.loss - below.loss) / (above.value - below.value), 6);
    }
  }
  network.dispose();

  /**
   * @param {import("adam-wasm").Parameter} parameter
   * @param {number} i
   * @param {number} value
   */
  function lossAt(parameter, i, value) {
    parameter.data[i] = value;
    return { value: parameter.data[i], loss: network.backward(x, labels) }; // the value as float32 holds it
  }
});

test("gradients add up until they are cleared, as torch's do", () => {
  const random = seededRandom(4);
  const network = new Network([5, 7, 3], random);
  const x = Float64Array.from({ length: 5 }, random);

  network.backward(x, Uint8Array.of(1));
  const once = network.namedParameters().map(([, parameter]) => gradientOf(parameter).slice());
  network.backward(x, Uint8Array.of(1));
  const twice = network.namedParameters().map(([, parameter]) => gradientOf(parameter));

  expect(once.flat().some((gradient) => gradient.some(Boolean))).toBe(true);
  expect(twice).toEqual(once.map((gradient) => gradient.map((/** @type {number} */ slope) => 2 * slope)));
  network.dispose();
});

/** @param {import("adam-wasm").Parameter} parameter */
function gradientOf(parameter) {
  if (parameter.grad === null) throw new Error("the network has given this parameter no gradient");
  return parameter.grad.data;
}
