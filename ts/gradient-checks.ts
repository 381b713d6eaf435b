/** What a parameter takes for its gradient; messages name the parameter. */

import { rangeError, typeError } from "./check.js";
import type { SparseTensor } from "./sparse-tensor.js";
import type { Tensor } from "./tensor.js";
import { sameShape } from "./values.js";

/** Checks a tensor that is to be the gradient of `owner` itself, not a copy. */
export function checkGradTensor(grad: Tensor, owner: Tensor): void {
  grad.checkAlive();
  checkGradKind(grad, owner);
  if (grad.isBorrowed) throw rangeError("ERR_ALIAS", `${gradOf(owner)} must not be the state of an optimizer`);
  const { pointer, byteLength } = owner;
  if (grad.pointer < pointer + byteLength && pointer < grad.pointer + byteLength) {
    throw rangeError("ERR_ALIAS", `${gradOf(owner)} overlaps the parameter itself`);
  }
}

/** Checks that dtype and shape are the owner's. */
export function checkGradKind(grad: Tensor | SparseTensor, owner: Tensor): void {
  const { shape, dtype } = owner;
  if (grad.dtype !== dtype) throw typeError("ERR_DTYPE", `${gradOf(owner)} must be ${dtype}, got ${grad.dtype}`);
  if (!sameShape(grad.shape, shape)) {
    throw rangeError("ERR_SHAPE", `${gradOf(owner)} has shape [${grad.shape}], expected [${shape}]`);
  }
}

/** What messages call it. */
export const gradOf = (owner: Tensor) => `the gradient of ${owner.describe()}`;
