/** Averages of parameters, operation for operation as `crate/kernel/src/average.rs`. */

import { arrayAt } from "./arrays.js";
import { lerp, lerpTo } from "./decay.js";

export function averageParams(table: number, count: number, weight: number): void {
  for (let row = 0; row < count; row++) {
    const { values: param } = arrayAt(table, row);
    const { values: average, round } = arrayAt(table, count + row);
    const lerping = lerpTo(weight, round);
    for (let i = 0; i < average.length; i++)
      average[i] = lerp(average[i] as number, param[i] as number, lerping, round);
  }
}
