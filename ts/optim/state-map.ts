/**
 * `optimizer.state`: what the kernel keeps of each parameter, to be read.
 */

import { INSPECT } from "../globals.js";
import type { Parameter } from "../parameter.js";
import type { Tensor } from "../tensor.js";
import type { GroupState } from "./group-state.js";

/** State of one parameter: the optimizer's moments by their names (`expAvg`, …), and its number of updates if it counts. */
export interface ParameterState {
  readonly step?: number | undefined;
}

/** What an optimizer keeps of a parameter, by the names in `state`. */
export interface StateNames<M extends string> {
  /** Names of the moments, in the kernel's order. */
  readonly moments: readonly M[];
  /** False if the state has no step count for anybody to see. */
  readonly countsSteps: boolean;
  /** What the number is called that a slot accumulates beside its moments, if it does. */
  readonly product?: string;
}

/** A read-only map from parameters to their state; a parameter is absent until its first step with a gradient. */
export class StateMap<M extends string, P extends object> implements ReadonlyMap<Parameter, P> {
  readonly #places = new Map<Parameter, { group: GroupState; slot: number }>();
  readonly #states = new Map<Parameter, P>();
  readonly #names: StateNames<M>;

  constructor(names: StateNames<M>) {
    this.#names = names;
  }

  /** Makes the parameters of a group known. @internal */
  add(group: GroupState): void {
    for (const [slot, parameter] of group.params.entries()) this.#places.set(parameter, { group, slot });
  }

  /** Makes the tensors that were handed out unusable, and the map empty. @internal */
  revoke(): void {
    for (const state of this.#states.values()) {
      for (const name of this.#names.moments) (state as { [K in M]?: Tensor })[name]?.revoke();
    }
    this.#states.clear();
    this.#places.clear();
  }

  get size(): number {
    return [...this.keys()].length;
  }

  has(parameter: Parameter): boolean {
    const place = this.#places.get(parameter);
    return place !== undefined && place.group.stepCount(place.slot) > 0;
  }

  get(parameter: Parameter): P | undefined {
    const place = this.#places.get(parameter);
    if (place === undefined || !this.has(parameter)) return undefined;
    let state = this.#states.get(parameter);
    if (state === undefined) {
      const { group, slot } = place;
      const { moments, countsSteps, product } = this.#names;
      const made: Record<string, unknown> = {};
      Object.defineProperty(made, INSPECT, { value: () => ({ ...made }) });
      const live = (name: string, get: () => number) => Object.defineProperty(made, name, { get, enumerable: true });
      if (countsSteps) live("step", () => group.stepCount(slot));
      if (product !== undefined) live(product, () => group.product(slot));
      moments.forEach((name, which) => {
        const moment = group.moment(slot, which);
        if (moment !== undefined) made[name] = moment;
      });
      state = Object.freeze(made) as unknown as P;
      this.#states.set(parameter, state);
    }
    return state;
  }

  *keys(): MapIterator<Parameter> {
    for (const parameter of this.#places.keys()) if (this.has(parameter)) yield parameter;
  }

  *entries(): MapIterator<[Parameter, P]> {
    for (const parameter of this.keys()) yield [parameter, this.get(parameter) as P];
  }

  *values(): MapIterator<P> {
    for (const parameter of this.keys()) yield this.get(parameter) as P;
  }

  [Symbol.iterator](): MapIterator<[Parameter, P]> {
    return this.entries();
  }

  forEach(visit: (state: P, parameter: Parameter, map: ReadonlyMap<Parameter, P>) => void): void {
    for (const [parameter, state] of this) visit(state, parameter, this);
  }

  [INSPECT](): Map<Parameter, P> {
    return new Map(this);
  }
}
