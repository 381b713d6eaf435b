/**
 * The shipped module on arrays at any address and of any length: it reads and writes exactly those arrays, and an element's
 * result is its own — index, length, alignment and neighbours have no part in it. And where it puts arrays itself.
 */

import { describe, expect, test } from "vitest";
import { type DType, expectSameBits } from "./support/bits.js";
import { type ArrayName, KernelAdam, type StepOptions } from "./support/kernel-adam.js";
import { WASM } from "./support/platforms.js";
import { load, randomState } from "./support/states.js";

const LENGTHS = Array.from({ length: 261 }, (_, length) => length);
const LONGEST = LENGTHS.length - 1;
const OFFSETS = Array.from({ length: 16 }, (_, offset) => offset);
const DTYPES: readonly DType[] = ["float32", "float64"];
const NAMES: readonly ArrayName[] = ["param", "expAvg", "expAvgSq", "maxExpAvgSq"];

const BODIES: Readonly<Record<string, Partial<StepOptions>>> = {
  plain: { lr: 0.1 },
  "L2, exact": { lr: 0.1, weightDecay: 0.1, exact: true },
  "everything at once": { lr: 0.1, amsgrad: true, maximize: true, weightDecay: 0.1, betas: [0.3, 0.9] },
};

describe.each(DTYPES)("%s", (dtype) => {
  describe.each(Object.entries(BODIES))("%s", (_, options) => {
    const state = randomState(dtype, LONGEST, 71);
    const names = NAMES.slice(0, options.amsgrad ? 4 : 3);
    const reference = stepped(LENGTHS.slice(-1), 0, 0);
    const expected = Object.fromEntries(names.map((name) => [name, reference.read(name)]));

    function stepped(lengths: readonly number[], paramOffset: number, gradOffset: number): KernelAdam {
      const adam = new KernelAdam(WASM, { dtype, lengths, amsgrad: options.amsgrad, paramOffset, gradOffset });
      for (const slot of lengths.keys()) load(adam, state, ["grad", ...names], slot);
      adam.step(options);
      return adam;
    }

    test.each(OFFSETS)("every length from 0 to 260, parameters %d bytes off, gradients 0 to 15", (paramOffset) => {
      for (const gradOffset of OFFSETS) {
        const adam = stepped(LENGTHS, paramOffset, gradOffset);
        for (const length of LENGTHS) {
          const what = (name: string) => () => `${name} of ${length} elements, gradient ${gradOffset} bytes off`;
          expectSameBits(adam.read("grad", length), state.grad.subarray(0, length), what("grad"));
          for (const name of names)
            expectSameBits(adam.read(name, length), expected[name].subarray(0, length), what(name));
        }
        expect(adam.brokenGuard("param"), "offset of a byte written beside a parameter").toBe(-1);
        expect(adam.brokenGuard("grad"), "offset of a byte written beside a gradient").toBe(-1);
        adam.free();
      }
    });

    test("an element does not know its index", () => {
      for (let shift = 1; shift <= 8; shift++) {
        const adam = new KernelAdam(WASM, { dtype, lengths: [LONGEST - shift], amsgrad: options.amsgrad });
        for (const name of ["grad", ...names] as const) adam.write(name, state[name].subarray(shift));
        adam.step(options);
        for (const name of names)
          expectSameBits(adam.read(name), expected[name].subarray(shift), `${name} moved by ${shift}`);
        adam.free();
      }
    });

    test("an element does not know its neighbours, be they NaN or infinite", () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        for (let at = 0; at < LONGEST; at += 5) {
          const adam = new KernelAdam(WASM, { dtype, lengths: [LONGEST], amsgrad: options.amsgrad });
          load(adam, state, names);
          adam.write("grad", state.grad.map((g, i) => (i === at ? bad : g)) as typeof state.grad);
          adam.step(options);
          expect(adam.read("param")[at], `a gradient of ${bad}`).toBeNaN();
          for (const name of names) {
            const repaired = adam.read(name);
            repaired[at] = expected[name][at];
            expectSameBits(repaired, expected[name], `${name} beside a gradient of ${bad} at ${at}`);
          }
          adam.free();
        }
      }
    });
  });
});

test("an array right behind another is never up to 640 bytes less than whole pages behind it", () => {
  const { allocate, deallocate } = WASM.kernel;
  let adjacent = 0;
  for (let bytes = 4; bytes < 16_384; bytes += 4) {
    const pointers = [allocate(bytes, 0), allocate(bytes, 0)] as const;
    const distance = pointers[1] - pointers[0];
    if (distance > 0 && distance < bytes + 1024) {
      adjacent++;
      expect(distance % 4096, `${bytes} bytes`).toBeLessThanOrEqual(4096 - 640);
    }
    for (const pointer of pointers) deallocate(pointer, bytes);
  }
  expect(adjacent).toBeGreaterThan(2000);
});
