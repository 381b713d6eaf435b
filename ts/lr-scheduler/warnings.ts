/** Warnings about how a scheduler is used, each once for an optimizer. */

import type { Optimizer } from "../optim/optimizer.js";

const given = new WeakMap<Optimizer, Set<string>>();

function warnOnce(optimizer: Optimizer, message: string): void {
  const messages = given.get(optimizer) ?? new Set();
  if (messages.has(message)) return;
  given.set(optimizer, messages.add(message));
  console.warn(message);
}

/** Warns if no step of the optimizer has come before the first one of its scheduler. */
export function warnOfOrder(optimizer: Optimizer): void {
  if (optimizer.stepCalls > 0) return;
  warnOnce(
    optimizer,
    "Detected call of `scheduler.step()` before `optimizer.step()`. You should call them in the opposite order: " +
      "`optimizer.step()` before `scheduler.step()`. Failure to do this will result in skipping the first value of the " +
      "learning rate schedule. See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate",
  );
}

/** Warns that an epoch was given to a scheduler that counts them. */
export function warnOfEpoch(optimizer: Optimizer): void {
  warnOnce(
    optimizer,
    "The epoch parameter in `scheduler.step()` was not necessary and is deprecated, as in torch. Please use " +
      "`scheduler.step()` to step the scheduler. If an epoch is given, the closed form is used instead of the chainable " +
      "form, where available.",
  );
}
