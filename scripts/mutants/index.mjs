/** Mistakes somebody could make, each as a replacement in one file. `npm test -- --fast` must fail for each. */

import { ADAM_MUTANTS } from "./adam.mjs";
import { CHECKPOINT_MUTANTS } from "./checkpoint.mjs";
import { FACADE_MUTANTS } from "./facade.mjs";
import { FAMILY_MUTANTS } from "./family.mjs";
import { KERNEL_MUTANTS } from "./kernel.mjs";

/**
 * `from` must occur in the file; all its occurrences are replaced.
 *
 * @typedef {{ name: string, file: string, from: string, to: string }} Mutant
 */

/** @type {Mutant[]} */
export const MUTANTS = [
  ...ADAM_MUTANTS,
  ...KERNEL_MUTANTS,
  ...FACADE_MUTANTS,
  ...FAMILY_MUTANTS,
  ...CHECKPOINT_MUTANTS,
];
