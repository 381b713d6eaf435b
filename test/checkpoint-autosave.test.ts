/** Checkpoints by themselves: when they are made, which of them stay, and which one a training goes on from. */

import { Adam, Parameter, Tensor } from "adam-wasm";
import { Autosave, type AutosaveOptions, type Place, save } from "adam-wasm/checkpoint";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";

/** A place in memory; `fail` is thrown by the next write. */
function memory(): Place & { readonly files: Map<string, Uint8Array>; fail: Error | undefined } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    fail: undefined,
    async write(name, bytes) {
      await Promise.resolve();
      const error = this.fail;
      this.fail = undefined;
      if (error !== undefined) throw error;
      files.set(name, bytes);
    },
    read: async (name) => files.get(name),
    list: async () => [...files.keys()],
    async remove(name) {
      files.delete(name);
    },
  };
}

const nameOf = (steps: number) => `step-${String(steps).padStart(12, "0")}.safetensors`;
const stepsIn = ({ files }: { files: Map<string, Uint8Array> }) =>
  [...files.keys()].map((name) => Number(/^step-(\d+)\.safetensors$/.exec(name)?.[1])).sort((a, b) => a - b);

/** A training that saves itself. */
function training(place: Place, options: AutosaveOptions = { steps: 10 }) {
  const weight = Parameter.from([1, 2, 3]);
  const optimizer = new Adam([weight], { lr: 0.1 });
  const autosave = new Autosave(place, { model: { weight }, optimizer }, options);
  const step = async (values?: Record<string, unknown>) => {
    weight.grad = weight.data.map((x) => x * x);
    optimizer.step();
    return autosave.step(values);
  };
  return { weight, optimizer, autosave, step, bits: () => save({ weight, optimizer }) };
}

async function steps(count: number, { step, autosave }: ReturnType<typeof training>) {
  const saved: number[] = [];
  for (let i = 0; i < count; i++) if (await step({ note: `after ${autosave.steps + 1}` })) saved.push(autosave.steps);
  return saved;
}

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  warn.mockRestore();
  vi.useRealTimers();
});

describe("a checkpoint is made", () => {
  test("every so many steps, and the last few stay", async () => {
    const place = memory();
    expect(await steps(57, training(place))).toEqual([10, 20, 30, 40, 50]);
    expect(stepsIn(place)).toEqual([30, 40, 50]);
  });

  test("every so many seconds, or steps, whatever comes first", async () => {
    vi.useFakeTimers();
    const run = training(memory(), { steps: 5, seconds: 60, keep: 100 });
    const made: number[] = [];
    for (let i = 1; i <= 12; i++) {
      vi.advanceTimersByTime(i <= 5 ? 31_000 : 0);
      if (await run.step()) made.push(i);
    }
    expect(made).toEqual([2, 4, 9]);
  });

  test("when it is asked for", async () => {
    const place = memory();
    const run = training(place, { steps: 10, keep: 1 });
    await steps(3, run);
    await run.autosave.save();
    expect(stepsIn(place)).toEqual([3]);
    expect(await steps(11, run)).toEqual([13]);
    expect(stepsIn(place)).toEqual([13]);
  });

  test("of the state at that moment, in order, though nobody waits", async () => {
    const place = memory();
    const run = training(place, { steps: 1, keep: 2 });
    const [first, second] = [run.step({ n: 1 }), run.step({ n: 2 })];
    const third = run.step({ n: 3 });
    await Promise.all([first, second, third]);
    expect(stepsIn(place)).toEqual([2, 3]);
    const other = training(place);
    expect(await other.autosave.resume()).toEqual({ n: 3 });
    expect(other.bits()).toEqual(run.bits());
  });

  test("again after one that failed: what was there stays", async () => {
    const place = memory();
    const run = training(place, { steps: 1, keep: 1 });
    await run.step();
    place.fail = new Error("the disk is full");
    const [failing, next] = [run.step(), run.step()];
    await expect(failing).rejects.toThrow("the disk is full");
    await next;
    expect(stepsIn(place)).toEqual([3]);
    place.fail = new Error("the disk is full");
    await expect(run.step()).rejects.toThrow("the disk is full");
    expect(stepsIn(place)).toEqual([3]);
  });
});

describe("resume", () => {
  test("goes on from the newest with the bits of a training that never stopped", async () => {
    const place = memory();
    const whole = training(memory());
    await steps(60, whole);
    await steps(47, training(place));
    const resumed = training(place);
    expect(await resumed.autosave.resume()).toEqual({ note: "after 40" });
    expect(resumed.autosave.steps).toBe(40);
    expect(await steps(20, resumed)).toEqual([50, 60]);
    expect(resumed.bits()).toEqual(whole.bits());
  });

  test("has nothing to go on from in an empty place, and changes nothing", async () => {
    const run = training(memory());
    const before = run.bits();
    expect(await run.autosave.resume()).toBeUndefined();
    expect(run.bits()).toEqual(before);
    expect(await steps(10, run)).toEqual([10]);
  });

  test("passes over what is damaged, and keeps what it went on from", async () => {
    const place = memory();
    await steps(50, training(place));
    place.files.set(nameOf(50), (place.files.get(nameOf(50)) as Uint8Array).slice(0, -1));
    place.files.set(nameOf(40), new Uint8Array());
    const resumed = training(place, { steps: 5, keep: 1 });
    expect(await resumed.autosave.resume()).toEqual({ note: "after 30" });
    expect(warn.mock.calls.map(([message]: unknown[]) => message)).toEqual([
      expect.stringMatching(/^adam-wasm: step-000000000050\.safetensors was passed over: .+ \(truncated\)$/),
      expect.stringMatching(/^adam-wasm: step-000000000040\.safetensors was passed over: .+ \(too-small\)$/),
    ]);
    expect(await steps(5, resumed)).toEqual([35]);
    expect(stepsIn(place)).toEqual([35, 40, 50]);
    await steps(15, resumed);
    expect(stepsIn(place)).toEqual([50]);
  });

  test("refuses another model's, and passes over nothing then", async () => {
    const place = memory();
    await steps(10, training(place));
    const weight = Parameter.from([1, 2]);
    const other = new Autosave(place, { model: { weight } }, { steps: 1 });
    await expect(other.resume()).rejects.toMatchObject({ code: "ERR_STATE_MISMATCH" });
    expect([...weight.data]).toEqual([1, 2]);
    // Nor does it save beside that then, and take that model's older ones away.
    await expect(other.save()).rejects.toMatchObject({
      code: "ERR_OPTION",
      message: expect.stringContaining(nameOf(10)),
    });
    expect(stepsIn(place)).toEqual([10]);
  });

  test("waits for a save that is under way, and goes on from that", async () => {
    const place = memory();
    const { files } = place;
    const slow: Place = {
      ...place,
      async write(name, bytes) {
        files.set(`.${name}.tmp`, bytes);
        for (let i = 0; i < 20; i++) await Promise.resolve();
        if (!files.delete(`.${name}.tmp`)) throw new Error("somebody has taken it away");
        files.set(name, bytes);
      },
    };
    const run = training(slow, { steps: 1 });
    await run.step({ n: 1 });
    const saving = run.step({ n: 2 });
    const bits = run.bits();
    run.weight.fill(Number.NaN);
    expect(await run.autosave.resume()).toEqual({ n: 2 });
    expect(run.bits()).toEqual(bits);
    expect(await saving).toBe(true);
    expect(stepsIn(place)).toEqual([1, 2]);
  });

  test("takes away what was never finished, and nothing else", async () => {
    const place = memory();
    const others = ["notes.tmp", ".step-notes", "step-1.safetensors", "model.safetensors"];
    for (const name of [...others, `.${nameOf(10)}.123-1.tmp`]) place.files.set(name, new Uint8Array());
    expect(await training(place).autosave.resume()).toBeUndefined();
    expect([...place.files.keys()]).toEqual(others);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("an autosave refuses", () => {
  test("to begin beside the checkpoints of another run", async () => {
    const place = memory();
    await steps(10, training(place));
    const fresh = training(place, { steps: 1 });
    await expect(fresh.step()).rejects.toMatchObject({
      code: "ERR_OPTION",
      message: expect.stringContaining(nameOf(10)),
    });
    expect(stepsIn(place)).toEqual([10]);
  });

  test("values with the names of its parts", async () => {
    const { autosave } = training(memory());
    await expect(autosave.save({ optimizer: 1 })).rejects.toMatchObject({
      code: "ERR_OPTION",
      message: '"optimizer" is a part of the autosave and cannot be a value',
    });
  });

  test("a path in place of a place", () => {
    const message = 'Autosave needs a place, such as folder("run"), but got "run"';
    expectError(
      thrownBy(() => new Autosave("run" as never, {}, { steps: 1 })),
      { type: TypeError, code: "ERR_OPTION", message },
    );
  });

  test("values that are none", async () => {
    const autosave = new Autosave(memory(), {}, { steps: 1 });
    const values: readonly unknown[] = [null, 3];
    for (const value of values) {
      const error = await autosave.step(value as never).then(
        () => new Error("nothing was thrown"),
        (thrown: Error) => thrown,
      );
      expectError(error, { type: TypeError, code: "ERR_OPTION", message: /^values of Autosave must be / });
    }
  });

  test("parts that could be saved, but never restored", () => {
    for (const parts of [
      { epoch: 3 },
      { model: { weight: [Tensor.zeros([1]), 3] } },
      { a: { stateDict: () => ({}) } },
    ]) {
      expectError(
        thrownBy(() => new Autosave(memory(), parts as never, { steps: 1 })),
        {
          type: TypeError,
          code: "ERR_OPTION",
          message: /must be a tensor or have loadStateDict\(\) to be restored, got /,
        },
      );
    }
  });

  test.each<[string, object, ErrorConstructor, string]>([
    ["no steps and no seconds", { keep: 2 }, TypeError, "Autosave needs steps or seconds"],
    ["no whole steps", { steps: 1.5 }, RangeError, "Invalid steps: 1.5"],
    ["0 steps", { steps: 0 }, RangeError, "Invalid steps: 0"],
    ["negative seconds", { seconds: -1 }, RangeError, "Invalid seconds: -1"],
    ["seconds that are none", { seconds: Number.NaN }, RangeError, "Invalid seconds: NaN"],
    ["seconds as a string", { seconds: "60" }, TypeError, 'Invalid seconds: "60"'],
    ["to keep none", { steps: 1, keep: 0 }, RangeError, "Invalid keep: 0"],
    ["epsilonHat as a number", { steps: 1, epsilonHat: 1 }, TypeError, "epsilonHat must be a boolean, got 1"],
    ["an unknown option", { step: 1 }, TypeError, 'Autosave has no option "step"; did you mean "steps"?'],
  ])("%s", (_, options, type, message) => {
    expectError(
      thrownBy(() => new Autosave(memory(), {}, options as never)),
      { type, code: "ERR_OPTION", message },
    );
  });
});
