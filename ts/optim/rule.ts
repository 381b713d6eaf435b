/** What a subclass of `Optimizer` says of itself, and what the base keeps of each group. */

import type { KernelExports } from "../wasm/instance.js";
import type { GradRule, GroupState } from "./group-state.js";
import type { Options } from "./options.js";
import type { CheckedGroup, ParamGroup } from "./param-group.js";
import type { Extras } from "./state-dict.js";
import type { StateNames } from "./state-map.js";

/** What is an optimizer's own. */
export interface Rule<O extends object, M extends string> extends StateNames<M>, GradRule<O> {
  readonly name: string;
  readonly options: Options<O>;
  /** Keys of a group in torch's state dict, in torch's order. */
  readonly groupKeys: readonly string[];
  /** How many moments a slot has under these options. */
  momentCount(options: O): number;
  /** Throws if options do not go together. */
  checkTogether?(options: O): void;
  /** Called with a checked value before it is kept: makes what the value needs, or throws if this is not its moment. */
  beforeAssign?(option: keyof O, value: unknown, state: GroupState): void;
  /**
   * One update of every parameter bound to the state, with its gradient times `gradScale`; `flags` are the options that
   * are true and what the step does besides (flags.ts).
   */
  step(kernel: KernelExports, state: number, options: O, flags: number, gradScale: number): void;
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
