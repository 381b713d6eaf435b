/** What optimizers without a sparse rule say to a sparse gradient. */

import { typeError } from "../check.js";

/** `checkGrad` of a rule that takes dense gradients only, in torch's words. */
export function denseOnly(name: string): (isSparse: boolean) => void {
  return (isSparse) => {
    if (!isSparse) return;
    throw typeError("ERR_OPTION", `${name} does not support sparse gradients, please consider SparseAdam instead`);
  };
}
