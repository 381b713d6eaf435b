/**
 * The same memory traffic as a rule, and next to no arithmetic: what a step would cost if only memory counted.
 *
 * One gradient is read, and it is subtracted from `written` arrays: those of the rule, parameter and moments.
 */

import { instantiate } from "../lib/wat.mjs";

const PAGE = 65_536;
/** Between the arrays, within a 4 KiB page: as the package places its own. */
const STAGGER = 1088;

/** @type {import("./index.mjs").Source} */
export const TRIAD = {
  names: ["triad, WebAssembly"],
  find: () => [{ isLimit: true, make: ({ elements }) => triad(3, elements) }],
};

/** One over arrays of zeros of `length` float32 elements. */
export async function triad(written, length) {
  const stride = Math.ceil((length * 4) / 4096) * 4096 + STAGGER;
  const pages = Math.ceil(((written + 1) * stride) / PAGE) + 1;
  const { sweep, memory } = await instantiate(moduleOf(written, stride, pages));
  // Memory that was never written is one shared page of zeros, always in the cache: to read it would cost nothing.
  new Uint8Array(memory.buffer).fill(0);
  return { step: () => sweep(Math.ceil(length / 4) * 16) };
}

function moduleOf(written, stride, pages) {
  const lines = Array.from({ length: written }, (_, i) => {
    const offset = (i + 1) * stride;
    return `(v128.store offset=${offset} align=1 (local.get $at)
      (f32x4.sub (v128.load offset=${offset} align=1 (local.get $at)) (local.get $grad)))`;
  });
  return `(module (memory (export "memory") ${pages})
    (func (export "sweep") (param $bytes i32) (local $at i32) (local $grad v128)
      (loop $next
        (local.set $grad (v128.load align=1 (local.get $at)))
        ${lines.join("\n        ")}
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $bytes))))))`;
}
