/**
 * What all optimizers share: groups, state, and the order of a step.
 *
 * A call checks everything, then allocates, then changes: whatever it throws, parameters and state are as before.
 */

import { ownOptions } from "../check.js";
import { BRAND } from "../foreign.js";
import { DISPOSE, INSPECT } from "../globals.js";
import { LIVE_STATE_DICT } from "../live-state-dict.js";
import type { Parameter } from "../parameter.js";
import { memoryBuffer } from "../wasm/instance.js";
import { checkForm } from "./checked-dict.js";
import {
  globalStepHooks,
  type HookHandle,
  type HookOptions,
  type OptimizerHook,
  OptimizerHooks,
  type StateDictHook,
  type StepPreHook,
  throughHooks,
} from "./hooks.js";
import { type CommonOptions, checkOptions, defaultsOf } from "./options.js";
import { type Given, type ParamGroup, type ParamGroupInit, type Params, toGroupInits } from "./param-group.js";
import { disposed, ParamGroups, reentrant } from "./param-groups.js";
import type { Rule } from "./rule.js";
import type { StateDict } from "./state-dict.js";
import type { ParameterState } from "./state-map.js";
import {
  checkStepOptions,
  checkZeroGradOptions,
  PLAIN_STEP,
  runClosure,
  type StepOptions,
  type ZeroGradOptions,
} from "./step-options.js";

/** What a step reads, in an object of one shape for every optimizer: engines are slow at fields that many classes have. */
interface Core<T, O extends object, M extends string, P extends object> {
  readonly groups: ParamGroups<O, M, P>;
  readonly hooks: OptimizerHooks<T>;
  stepCalls: number;
  /** The method that is running, which no other may interrupt. */
  running: string | null;
}

/**
 * Base of all optimizers, as `torch.optim.Optimizer`. Without type arguments it stands for any of them. New rules cannot be
 * derived from it, for theirs are in the kernel.
 */
export abstract class Optimizer<
  O extends object = CommonOptions,
  M extends string = string,
  P extends object = ParameterState,
> {
  /** Options of groups that do not say their own. */
  readonly defaults: Readonly<O>;
  readonly #rule: Rule<O, M>;
  readonly #core: Core<this, O, M, P>;

  /** For the classes of this package. */
  protected constructor(rule: Rule<O, M>, params: Params<O>, options: Given<O>) {
    const given = Object.entries(ownOptions(options, `options of ${rule.name}`, Object.keys(rule.options)));
    this.#rule = rule;
    this.defaults = Object.freeze({ ...defaultsOf(rule.options), ...checkOptions(given, rule.options, rule.name) });
    rule.checkTogether?.(this.defaults as O);
    const groups = new ParamGroups<O, M, P>(rule, this.defaults as O);
    this.#core = { groups, hooks: new OptimizerHooks<this>(), stepCalls: 0, running: null };
    groups.add(toGroupInits(params));
  }

  /** The groups, one at least, in the order they were added. Options are changed by assignment: `group.lr = 1e-4`. */
  get paramGroups(): readonly [ParamGroup<O>, ...ParamGroup<O>[]] {
    return this.#core.groups.handles as readonly [ParamGroup<O>, ...ParamGroup<O>[]];
  }

  /**
   * State of each parameter that has been stepped. Its tensors live until a state dict is loaded or `dispose()`. All of it
   * is taken away by `optimizer.loadStateDict({ ...optimizer.stateDict(), state: {} })`.
   */
  get state(): ReadonlyMap<Parameter, P> {
    return this.#core.groups.state;
  }

  /** How often `step()` has come to its end: schedulers warn if it never has. @internal */
  get stepCalls(): number {
    return this.#core.stepCalls;
  }

  /**
   * Updates every parameter that has a gradient; the others keep value, state and step count.
   *
   * @param closure computes the loss anew and sets the gradients; it runs once, before anything changes.
   * @returns what the closure returned.
   * @throws ERR_ALIAS if a gradient overlaps a parameter, ERR_OPTION for a gradient that the rule cannot use and for a closure
   *   that returns a Promise, ERR_OOM if there is no memory for a parameter that was thawed, what the closure or a pre-hook
   *   throws; no parameter has moved then. ERR_HOOK if a post-hook throws, behind the step
   *
   * @example
   * const norm = getTotalNorm(gradients);
   * optimizer.step(undefined, { gradScale: clipCoefficient(norm, 1) }); // clipped on the way
   */
  step(closure?: undefined, options?: StepOptions): undefined;
  step<T>(closure: () => T, options?: StepOptions): T;
  step(closure?: () => unknown, options?: StepOptions): unknown {
    const core = this.#enter("step");
    try {
      const how = options === undefined ? PLAIN_STEP : checkStepOptions(options);
      // A step looks at two numbers: to look through lists of hooks that are empty costs it as much as a call.
      const { step } = core.hooks;
      const chosen = globalStepHooks.count + step.count === 0 ? closure : core.hooks.beforeStep(this, closure);
      const result = chosen === undefined ? undefined : runClosure(chosen);
      core.groups.update(how);
      core.stepCalls += 1;
      if (globalStepHooks.count + step.count > 0) core.hooks.afterStep(this);
      return result;
    } finally {
      core.running = null;
    }
  }

  /** Takes the gradients away; with `setToNone: false` fills them with zeros, and then they count as gradients. */
  zeroGrad(options?: ZeroGradOptions): void {
    // A closure calls this in the middle of a step, as it should.
    const { groups } = this.#checkAlive("zeroGrad");
    groups.zeroGrad(options === undefined || checkZeroGradOptions(options));
  }

  /**
   * Adds parameters with options of their own, e.g. when a layer is thawed. Their step count starts at 0.
   *
   * @throws ERR_ALIAS for a parameter that is there already, or overlaps one, ERR_OOM if there is no memory for its state
   */
  addParamGroup(group: ParamGroupInit<O>): void {
    const core = this.#enter("addParamGroup");
    try {
      core.groups.add([group]);
    } finally {
      core.running = null;
    }
  }

  /** Options and state in torch's layout and under torch's keys: a deep copy of plain objects and typed arrays. */
  stateDict(): StateDict {
    return this.#stateDict(false);
  }

  /** The state dict to be read at once: without a copy of tensors, unless somebody may change what is in it. @internal */
  [LIVE_STATE_DICT](): StateDict {
    const isOurs = this.stateDict === Optimizer.prototype.stateDict && this.#core.hooks.stateDictPost.list.length === 0;
    return isOurs ? this.#stateDict(true) : this.stateDict();
  }

  #stateDict(live: boolean): StateDict {
    const { hooks } = this.#checkAlive("stateDict");
    for (const { hook } of hooks.stateDictPre.list) hook(this);
    // A hook may have disposed of it.
    return throughHooks(hooks.stateDictPost, this, this.#checkAlive("stateDict").groups.save(live));
  }

  /**
   * Takes options and state over from a state dict, whose groups must have as many parameters of the same shapes, and the
   * same names where both have names. The data is copied. Options are the dict's from then on, the learning rate too: what
   * is to be another one is assigned afterwards.
   *
   * @throws ERR_STATE_MISMATCH for a dict of another model or optimizer, ERR_OPTION for what is none or has wrong options,
   *   ERR_OOM if there is no memory for it; nothing has changed then. ERR_HOOK if a post-hook throws, when it is loaded
   */
  loadStateDict(stateDict: StateDict): void {
    const core = this.#enter("loadStateDict");
    try {
      core.groups.load(checkForm(throughHooks(core.hooks.loadPre, this, { ...checkForm(stateDict) })));
      core.hooks.afterLoad(this);
    } finally {
      core.running = null;
    }
  }

  /** Registers a hook that runs before each step; it may return `{ closure }` in place of the one given. */
  registerStepPreHook(hook: StepPreHook<this>): HookHandle {
    return this.#core.hooks.stepPre.add(hook);
  }

  /** Registers a hook that runs behind each step. */
  registerStepPostHook(hook: OptimizerHook<this>): HookHandle {
    return this.#core.hooks.stepPost.add(hook);
  }

  /** Registers a hook that runs before a state dict is made. */
  registerStateDictPreHook(hook: OptimizerHook<this>, options?: HookOptions): HookHandle {
    return this.#core.hooks.stateDictPre.add(hook, options);
  }

  /** Registers a hook on the state dict that was made; it may change it, or return another one. */
  registerStateDictPostHook(hook: StateDictHook<this>, options?: HookOptions): HookHandle {
    return this.#core.hooks.stateDictPost.add(hook, options);
  }

  /** Registers a hook on a shallow copy of the state dict that is to be loaded; it may change it, or return another one. */
  registerLoadStateDictPreHook(hook: StateDictHook<this>, options?: HookOptions): HookHandle {
    return this.#core.hooks.loadPre.add(hook, options);
  }

  /** Registers a hook that runs after a state dict was loaded. */
  registerLoadStateDictPostHook(hook: OptimizerHook<this>, options?: HookOptions): HookHandle {
    return this.#core.hooks.loadPost.add(hook, options);
  }

  /** Gives the memory of the state back; parameters are the caller's. The second call does nothing. */
  dispose(): void {
    if (this.#core.groups.isFreed) return;
    if (this.#core.running !== null) throw reentrant(this.#rule.name, "dispose", this.#core.running);
    this.#core.groups.free();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  /** The groups and their options, as torch prints them. */
  toString(): string {
    return this.#core.groups.toString();
  }

  [INSPECT](): string {
    return this.toString();
  }

  get [Symbol.toStringTag](): string {
    return this.#rule.name;
  }

  /** @internal */
  get [BRAND](): ArrayBuffer {
    return memoryBuffer();
  }

  #enter(method: string): Core<this, O, M, P> {
    const core = this.#checkAlive(method);
    if (core.running !== null) throw reentrant(this.#rule.name, method, core.running);
    core.running = method;
    return core;
  }

  #checkAlive(method: string): Core<this, O, M, P> {
    const core = this.#core;
    if (core.groups.isFreed) throw disposed(this.#rule.name, `call ${method}() of`);
    return core;
  }
}
