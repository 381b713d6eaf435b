/** Triangular cycles, whose peaks may become lower. */

import { integerPower } from "../power.js";

/** How high the peaks are: all the same, each half of the one before, or `gamma` to the step. */
export type CycleMode = "triangular" | "triangular2" | "exp_range";

/** The form of the cycles. */
export interface Triangles {
  readonly mode: CycleMode;
  readonly gamma: number;
  /** Height of a peak, instead of `mode`. */
  readonly scaleFn: ((x: number) => number) | null;
  readonly scaleMode: "cycle" | "iterations";
  /** Steps of a cycle, and the fraction of them that goes up. */
  readonly totalSize: number;
  readonly stepRatio: number;
}

/** How far up a step is, of peaks whose full height is `height`. */
export function scaled(height: number, step: number, triangles: Triangles): number {
  const { totalSize, stepRatio } = triangles;
  const cycle = Math.floor(1 + step / totalSize);
  const x = 1 + step / totalSize - cycle;
  return height * (x <= stepRatio ? x / stepRatio : (x - 1) / (stepRatio - 1)) * peakOf(cycle, step, triangles);
}

/** The height of a peak as a fraction; cycles count from 1. */
function peakOf(cycle: number, step: number, { mode, gamma, scaleFn, scaleMode }: Triangles): number {
  if (scaleFn !== null) return scaleFn(scaleMode === "cycle" ? cycle : step);
  if (mode === "exp_range") return integerPower(gamma, step);
  return mode === "triangular2" ? 1 / integerPower(2, cycle - 1) : 1;
}
