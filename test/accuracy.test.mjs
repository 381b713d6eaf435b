/**
 * The claim on accuracy: against float64, float32 parameters are no further off than torch's, with `exact` and but for a
 * hundredth by default. `npm run accuracy` prints the rows.
 */

import { expect, test } from "vitest";
import { families, measure } from "./accuracy/measure.mjs";

/** torch's float64, which its numbers are relative to, and ours differ by their last digits. */
const SAME = 1 + 1e-6;

test.each(families)("no further from float64 than torch on %s gradients", (family) => {
  const rows = [...measure(family)];
  expect(rows).toHaveLength(6 * 4);
  for (const { config, step, torch, exact, byDefault } of rows) {
    const what = `${config} after ${step} steps, over torch's`;
    expect(torch.rms, what).toBeGreaterThan(0);
    expect(exact.rms, `rms with exact, ${what}`).toBeLessThanOrEqual(SAME);
    expect(byDefault.rms, `rms by default, ${what}`).toBeLessThanOrEqual(1.006);
    for (const [mode, { max }] of Object.entries({ exact, byDefault })) {
      expect(max, `largest error, ${mode}, ${what}`).toBeLessThanOrEqual(1.051);
    }
    expect(exact.v, `second moment with exact, ${what}`).toBeLessThanOrEqual(SAME);
    // An L2 penalty feeds the parameter's last bits back; without it, moments are torch's to the bit.
    expect(byDefault.v, `second moment by default, ${what}`).toBeLessThanOrEqual(config === "Adam wd .1" ? 1.15 : SAME);
  }
});
