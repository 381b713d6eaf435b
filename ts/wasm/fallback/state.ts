/** States of param groups, as `crate/bindings/src/state/`. Each has an address in linear memory, and is known by it. */

import { stepAdam } from "./adam.js";
import { stepAdamax } from "./adamax.js";
import { has } from "./decay.js";
import { allocate, deallocate } from "./memory.js";
import { stepNAdam } from "./nadam.js";
import { stepRAdam } from "./radam.js";
import { stepSGD } from "./sgd.js";
import { Slots } from "./slots.js";
import { stepSparseAdam } from "./sparse-adam.js";

const states = new Map<number, Slots>();
const slotsOf = (state: number) => states.get(state) as Slots;

function newState(): number {
  const state = allocate(0, 0);
  if (state !== 0) states.set(state, new Slots());
  return state;
}

function freeState(state: number): void {
  slotsOf(state).free();
  states.delete(state);
  deallocate(state, 0);
}

/** A rule as an export. All rules have their flags in the last place but one. */
const step =
  <Args extends number[]>(rule: (slots: Slots, ...args: Args) => void) =>
  (state: number, ...args: Args): void => {
    const slots = slotsOf(state);
    rule(slots, ...args);
    if (has(args[args.length - 2] as number, "zeroGrad")) slots.zeroGrads();
  };

/** What the kernel exports of states, with a step for each rule. */
export const stateExports = {
  newState,
  freeState,
  addSlot: (state: number, param: number, length: number, dtype: number) =>
    Number(slotsOf(state).add(param, length, dtype)),
  reserveSlot: (state: number, slot: number, count: number) => Number(slotsOf(state).reserve(slot, count)),
  stateTable: (state: number) => slotsOf(state).table,
  slotSteps: (state: number, slot: number) => slotsOf(state).steps(slot),
  slotProduct: (state: number, slot: number) => slotsOf(state).product(slot),
  restoreSlot: (state: number, slot: number, step: number, product: number) =>
    slotsOf(state).restore(slot, step, product),
  stepAdam: step(stepAdam),
  stepAdamax: step(stepAdamax),
  stepNAdam: step(stepNAdam),
  stepRAdam: step(stepRAdam),
  stepSGD: step(stepSGD),
  stepSparseAdam: step(stepSparseAdam),
};
