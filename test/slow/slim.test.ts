/** The entry without bytes: what it takes, what it refuses, and that it is the same package. */

import { describe, expect, test } from "vitest";
import { node } from "../support/child.js";
import { EXPECTED } from "../support/expected.js";

const HEADER = `
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as slim from "adam-wasm/slim";
import { run } from "./test/support/scenario.mjs";
const bytes = readFileSync(fileURLToPath(import.meta.resolve("adam-wasm/kernel.wasm")));
const refusal = async (act) => {
  try {
    await act();
  } catch ({ name, code, message, cause }) {
    return { name, code, message, cause: cause?.constructor.name };
  }
  return "nothing was thrown";
};
const print = (value) => console.log(JSON.stringify(value));
`;

/** What a program prints, as JSON. */
function program(code: string, ...flags: string[]) {
  const { stdout, stderr } = node([...flags, "--input-type=module", "--eval", HEADER + code]);
  // What V8 says of --jitless itself.
  expect(stderr.replace("Warning: disabling flag --expose_wasm due to conflicting flags\n", "")).toBe("");
  return JSON.parse(stdout);
}

test("checkpoints go with it, and need no kernel before there is a tensor", () => {
  const result = program(`
    const { load, save } = await import("adam-wasm/checkpoint");
    const early = load(save({ epoch: 3 }));
    await slim.init(bytes);
    const weight = slim.Parameter.from([1, 2]);
    const optimizer = new slim.Adam([weight]);
    weight.grad = [1, 1];
    optimizer.step();
    const file = save({ weight, optimizer });
    optimizer.step();
    load(file, { weight, optimizer });
    print([early, optimizer.state.get(weight).step]);
  `);
  expect(result).toEqual([{ epoch: 3 }, 1]);
});

describe("the kernel is installed", () => {
  test.each([
    ["from bytes", "await slim.init(bytes)"],
    ["from an ArrayBuffer", "slim.initSync(new Uint8Array(bytes).buffer)"],
    ["from a module", "slim.initSync(new WebAssembly.Module(bytes))"],
    [
      "from a module of another realm",
      `slim.initSync((await import("node:vm")).runInNewContext("new WebAssembly.Module(bytes)", { bytes }))`,
    ],
    ["from the promise of a module", "await slim.init(WebAssembly.compile(bytes))"],
    ["from a response", `await slim.init(new Response(bytes, { headers: { "Content-Type": "text/plain" } }))`],
    ["from the promise of a response", "await slim.init(Promise.resolve(new Response(bytes)))"],
    ["once", "slim.initSync(bytes); const { memory } = slim; slim.initSync(bytes); await slim.init(bytes)"],
  ])("%s", (_, act) => {
    expect(program(`${act}; print(await run(slim));`)).toEqual(EXPECTED);
  });

  test("for the whole package, whichever entry comes first", () => {
    const same = `
      const { Adam, Parameter } = await import("adam-wasm");
      if (Adam !== slim.Adam) throw new Error("there are two");
      new slim.Adam([Parameter.from([1])]);
      print(await run({ ...slim, Parameter }));`;
    expect(program(`slim.initSync(bytes); ${same}`)).toEqual(EXPECTED);
    expect(program(same)).toEqual(EXPECTED);
    expect(program(`await import("adam-wasm"); slim.initSync(bytes); ${same}`)).toEqual(EXPECTED);
  });
});

describe("there is a sentence", () => {
  test("before the kernel is there, and all is well afterwards", () => {
    const code = `
      const refused = [];
      for (const act of [slim.backend, () => slim.Tensor.zeros([1]), () => slim.Parameter.from([1])]) refused.push(await refusal(act));
      slim.initSync(bytes);
      print({ refused, backend: slim.backend() });`;
    const { refused, backend } = program(code);
    for (const each of refused)
      expect(each).toMatchObject({ code: "ERR_ENV", message: expect.stringMatching("no kernel is installed") });
    expect(backend).toEqual({ kind: "wasm", reason: null });
  });

  test.each([
    [
      "a failed request",
      `new Response("", { status: 404, statusText: "Not Found" })`,
      "Error",
      "ERR_ENV",
      "the request for the kernel failed: 404 Not Found",
      undefined,
    ],
    [
      "a page instead of the file",
      `new Response("<!doctype html>")`,
      "Error",
      "ERR_ENV",
      /^the kernel cannot run here: CompileError/,
      "CompileError",
    ],
    [
      "half the file",
      "bytes.subarray(0, 1000)",
      "Error",
      "ERR_ENV",
      /^the kernel cannot run here: CompileError/,
      "CompileError",
    ],
    [
      "another module",
      "new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])",
      "Error",
      "ERR_ENV",
      /the module is that of another program/,
      "LinkError",
    ],
    [
      "a URL",
      `"/kernel.wasm"`,
      "TypeError",
      "ERR_OPTION",
      "the kernel must be a WebAssembly.Module, bytes or (for init) a Response, but got string",
      undefined,
    ],
    ["nothing", "undefined", "TypeError", "ERR_OPTION", /but got undefined/, undefined],
  ] as const)("about %s, and the next attempt works", (_, source, name, code, message, cause) => {
    const { refused, backend } = program(
      `const refused = await refusal(() => slim.init(${source})); slim.initSync(bytes); print({ refused, backend: slim.backend() });`,
    );
    expect(refused).toEqual({
      name,
      code,
      message: typeof message === "string" ? message : expect.stringMatching(message),
      ...(cause !== undefined && { cause }),
    });
    expect(backend.kind).toBe("wasm");
  });

  test.each([
    ["--jitless", "ReferenceError"],
    ["--no-enable-sse4-1", "CompileError"],
    ["--wasm-max-mem-pages=4", "RangeError"],
  ])("under %s, where nothing stands in", (flag, cause) => {
    const refused = program("print([await refusal(() => slim.init(bytes)), await refusal(slim.backend)]);", flag);
    expect(refused[0]).toMatchObject({ name: "Error", code: "ERR_ENV", cause });
    expect(refused[1]).toMatchObject({ code: "ERR_ENV" });
  });
});
