/** What a subclass of `Optimizer` says of itself, and what the base keeps of each group. */

import type { Parameter } from "../parameter.js";
import type { KernelState } from "../wasm/instance.js";
import type { GroupState } from "./group-state.js";
import type { Options } from "./options.js";
import type { CheckedGroup, ParamGroup } from "./param-group.js";
import type { Extras } from "./state-dict.js";

/** What is an optimizer's own. */
export interface Rule<O extends object, M extends string> {
  readonly name: string;
  readonly options: Options<O>;
  /** Keys of a group in torch's state dict, in torch's order. */
  readonly groupKeys: readonly string[];
  /** Names of the moments, in the kernel's order. */
  readonly moments: readonly M[];
  /** False if the state has no step count for anybody to see. */
  readonly countsSteps: boolean;
  /** What the state calls the number that a slot accumulates beside its moments, if it does. */
  readonly product?: string;
  /** How many moments a slot has under these options. */
  momentCount(options: O): number;
  /** Throws if options do not go together. */
  checkTogether?(options: O): void;
  /** Asked with a checked value before it is kept: throws if this is not its moment. */
  mayAssign?(option: keyof O, value: unknown, state: GroupState): void;
  /** Throws if the rule cannot use a sparse, or a dense, gradient for the parameter. */
  checkGrad(isSparse: boolean, options: O, parameter: Parameter): void;
  /** One update of every bound parameter, with its gradient times `gradScale`. */
  step(state: KernelState, options: O, gradScale: number): void;
}

/** A group of an optimizer. */
export interface Group<O extends object> {
  readonly checked: CheckedGroup<O>;
  /** What `paramGroups` holds. */
  readonly handle: ParamGroup<O>;
  state: GroupState;
  /** Keys of a loaded state dict that nobody here knows: of the group, and of the state of each parameter. */
  extras: Extras;
  stateExtras: readonly (Extras | undefined)[];
}
