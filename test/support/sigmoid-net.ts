/** The network of torch's C++ tests: 2-3-1 with sigmoids, on three points; its loss is the sum of the outputs. */

const POINTS = [
  [0.1, 0.2],
  [0.3, 0.4],
  [0.5, 0.6],
];

/** Shapes of its parameters: both weights and biases, in torch's order. */
export const SHAPES = [[3, 2], [3], [1, 3], [1]] as const;

/** Where torch's C++ tests start. */
export const START = [
  [-0.2109, -0.4976, -0.1413, -0.342, -0.2524, 0.6976],
  [-0.1085, -0.2979, 0.6892],
  [-0.0508, -0.3941, -0.2843],
  [-0.0711],
];

type Values = ArrayLike<number>;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The gradients of the parameters, row by row. */
export function gradients([w1, b1, w2, b2]: readonly Values[]): number[][] {
  const [dw1, db1, dw2, db2] = [Array(6).fill(0), Array(3).fill(0), Array(3).fill(0), [0]] as number[][];
  for (const point of POINTS) {
    const hidden = [0, 1, 2].map((j) => sigmoid(w1[2 * j] * point[0] + w1[2 * j + 1] * point[1] + b1[j]));
    const output = sigmoid(hidden.reduce((sum, h, j) => sum + w2[j] * h, b2[0]));
    const atOutput = output * (1 - output);
    db2[0] += atOutput;
    for (const [j, h] of hidden.entries()) {
      dw2[j] += atOutput * h;
      const atHidden = atOutput * w2[j] * h * (1 - h);
      db1[j] += atHidden;
      for (const [k, x] of point.entries()) dw1[2 * j + k] += atHidden * x;
    }
  }
  return [dw1, db1, dw2, db2];
}
