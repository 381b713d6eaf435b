/** Peers that npm does not have, so that nobody looks for them in vain. */

import { Failure } from "../../scripts/lib/exec.mjs";

/** @type {(name: string, id: string) => import("../contestants/index.mjs").Source} */
const absent = (name, id) => ({
  names: [name],
  external: true,
  find: () => {
    throw new Failure(`npm has no package ${id}`);
  },
});

export const ABSENT = [absent("jax-js optax", "@jax-js/optax"), absent("catniff", "catniff")];
