/** A call that throws, and nothing else: the error is the one that is documented, and training goes on undisturbed. */

import { expect } from "vitest";
import { snapshotOf, type Training, training } from "./training.js";

export interface Rejection {
  /** Ends the sentence "rejects …". */
  readonly name: string;
  readonly act: (training: Training) => unknown;
  readonly type: ErrorConstructor;
  readonly code: string;
  /** The whole message, or a pattern of it. */
  readonly message: string | RegExp;
  /** What is wrong stays wrong: the next step throws as well, and changes as little. */
  readonly thenStepThrows?: boolean;
}

/** What a call threw; fails if it returned. */
export function thrownBy(act: () => unknown): Error & { readonly code?: string } {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }
  return expect.fail("the call returned instead of throwing");
}

/** Checks class, code and message of an error. */
export function expectError(
  error: Error & { readonly code?: string },
  { type, code, message }: Omit<Rejection, "name" | "act">,
) {
  expect.soft(error.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  expect.soft(error.code, error.stack).toBe(code);
  expect.soft(error.constructor).toBe(type);
  expect.soft(error.name).toBe(type.name);
  expect.soft(error.stack).toContain(`${type.name} [${code}]: ${error.message}`);
}

/**
 * `prepare` is what is wrong already, and may change the training; `act` may not. The next step after it must be that of
 * a training in which only `prepare` happened.
 */
export function expectRejection(rejection: Rejection, prepare: (training: Training) => void = () => {}) {
  const [disturbed, twin] = [training(), training()];
  for (const each of [disturbed, twin]) prepare(each);
  const before = snapshotOf(disturbed);
  const error = thrownBy(() => rejection.act(disturbed));
  expectError(error, rejection);
  expect(snapshotOf(disturbed)).toStrictEqual(before);

  if (rejection.thenStepThrows) {
    expectError(
      thrownBy(() => disturbed.optimizer.step()),
      rejection,
    );
    expect(snapshotOf(disturbed)).toStrictEqual(before);
    return;
  }
  for (const each of [disturbed, twin]) each.optimizer.step();
  expect(comparable(disturbed)).toStrictEqual(comparable(twin));
}

/** Without what tells the objects of two trainings apart. */
function comparable(training: Training) {
  const { parameters, state } = snapshotOf(training);
  return { data: parameters.map(({ data }) => data), state: state.map(({ step, moments }) => ({ step, moments })) };
}
