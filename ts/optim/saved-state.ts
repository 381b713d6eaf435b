/** An optimizer's groups into a state dict, and a checked state dict into new groups' states. */

import { deepCopy } from "../check.js";
import type { Parameter } from "../parameter.js";
import type { CheckedGroupDict } from "./checked-dict.js";
import { GroupState } from "./group-state.js";
import type { Group, Rule } from "./rule.js";
import { type DictExtras, groupDict, type ParameterStateDict, type StateDict, torchKey } from "./state-dict.js";

/**
 * The state dict of groups: a deep copy, or one whose tensors are `live`. Parameters are numbered from 0 in the order of the
 * groups.
 */
export function saveGroups<O extends object, M extends string>(
  groups: readonly Group<O>[],
  rule: Rule<O, M>,
  extras: DictExtras,
  live: boolean,
): StateDict {
  const dict: StateDict = { state: {}, param_groups: [], ...deepCopy(extras.dict) };
  let id = 0;
  for (const { checked, state, extras, stateExtras } of groups) {
    const { name, paramNames, values, fields } = checked;
    const params = state.params.map((parameter, slot) => {
      const saved = { ...saveSlot(state, slot, parameter, rule, live), ...deepCopy(stateExtras[slot]) };
      if (Object.keys(saved).length > 0) dict.state[id] = saved;
      return id++;
    });
    dict.param_groups.push({
      ...(name !== undefined && { name }),
      ...(paramNames !== undefined && { param_names: [...paramNames] }),
      ...groupDict(rule.groupKeys, values, fields, extras),
      params,
    });
  }
  Object.assign(dict.state, deepCopy(extras.state));
  return dict;
}

function saveSlot<O extends object, M extends string>(
  state: GroupState,
  slot: number,
  { shape, dtype }: Parameter,
  { countsSteps, product, moments }: Rule<O, M>,
  live: boolean,
): ParameterStateDict | undefined {
  const step = state.stepCount(slot);
  if (step === 0) return undefined;
  const saved: ParameterStateDict = {};
  if (countsSteps) saved.step = step;
  if (product !== undefined) saved[torchKey(product)] = state.product(slot);
  moments.forEach((name, which) => {
    const data = state.momentView(slot, which);
    if (data === undefined) return;
    // Memory that grows takes its views away: who reads it then gets a new one.
    const tensor = live
      ? {
          get data() {
            return state.momentView(slot, which);
          },
        }
      : { data: data.slice() };
    saved[torchKey(name)] = Object.assign(tensor, { dtype, shape: [...shape] });
  });
  return saved;
}

/** States in kernel memory with what was loaded; throws ERR_OOM and keeps nothing if memory is exhausted. */
export function allocateLoaded<O extends object, M extends string>(
  groups: readonly Group<O>[],
  loaded: readonly CheckedGroupDict<O>[],
  rule: Rule<O, M>,
): GroupState[] {
  const made: GroupState[] = [];
  try {
    groups.forEach(({ state: { params } }, index) => {
      const { values, states } = loaded[index] as CheckedGroupDict<O>;
      const held = states.map((own) => own?.moments.length);
      made.push(new GroupState(params, rule.momentCount(values), held));
    });
    made.forEach((state, index) => {
      loaded[index]?.states.forEach((own, slot) => {
        if (own === undefined) return;
        state.restore(slot, own.step, own.product);
        own.moments.forEach((data, which) => {
          state.momentView(slot, which)?.set(data);
        });
      });
    });
  } catch (error) {
    for (const state of made) state.free();
    throw error;
  }
  return made;
}
