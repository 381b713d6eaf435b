/** The same loop in float32: each operation is rounded, as in the kernel. */

import { makeLoop } from "./plain-loop.mjs";

/** @type {import("./index.mjs").Source} */
export const FROUND_LOOP = {
  names: ["plain JS, Math.fround"],
  find: () => [{ make: (data) => makeLoop(data, froundLoop) }],
};

function froundLoop(p, g, m, v, c1d, b2d, c2d, scaled, stepSized, epsd) {
  const f = Math.fround;
  const [c1, b2, c2, scale, stepSize, eps] = [f(c1d), f(b2d), f(c2d), f(scaled), f(stepSized), f(epsd)];
  for (let i = 0; i < p.length; i++) {
    const gi = g[i];
    const mi = f(m[i] + f(c1 * f(gi - m[i])));
    const vi = f(f(b2 * v[i]) + f(f(c2 * gi) * gi));
    m[i] = mi;
    v[i] = vi;
    p[i] = f(p[i] + f(f(stepSize * mi) / f(f(f(Math.sqrt(vi)) * scale) + eps)));
  }
}
