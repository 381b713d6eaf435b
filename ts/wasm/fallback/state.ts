/** State of a param group, with a step for each rule. */

import { stepAdam } from "./adam.js";
import { stepAdamax } from "./adamax.js";
import { has } from "./decay.js";
import { stepNAdam } from "./nadam.js";
import { stepRAdam } from "./radam.js";
import { stepSGD } from "./sgd.js";
import { Slots } from "./slots.js";
import { stepSparseAdam } from "./sparse-adam.js";

type Rule<Args extends number[]> = (slots: Slots, ...args: Args) => void;

/** A rule as a method. All rules have their flags in the last place but one. */
const method = <Args extends number[]>(rule: Rule<Args>) =>
  function step(this: Slots, ...args: Args): void {
    rule(this, ...args);
    if (has(args[args.length - 2] as number, "zeroGrad")) this.zeroGrads();
  };

export class State extends Slots {
  readonly stepAdam = method(stepAdam);
  readonly stepAdamax = method(stepAdamax);
  readonly stepNAdam = method(stepNAdam);
  readonly stepRAdam = method(stepRAdam);
  readonly stepSGD = method(stepSGD);
  readonly stepSparseAdam = method(stepSparseAdam);
}
