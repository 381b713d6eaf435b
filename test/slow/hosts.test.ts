/** Hosts without WebAssembly, without its SIMD, without its memory: plain JavaScript, one warning, the same bits. */

import { beforeAll, describe, expect, test } from "vitest";
import { node, ROOT } from "../support/child.js";
import { EXPECTED } from "../support/expected.js";

interface Result {
  readonly backend: { readonly kind: string; readonly reason: string | null };
  readonly digest: string;
}

function runScenario(...flags: string[]) {
  const { stdout, stderr } = node([...flags, `${ROOT}test/programs/scenario.mjs`]);
  const warnings = stderr.split("\n").filter((line) => line.startsWith("adam-wasm: "));
  return { ...(JSON.parse(stdout) as Result), warnings };
}

let wasm: ReturnType<typeof runScenario>;
beforeAll(() => {
  wasm = runScenario();
});

test("where the module runs there is nothing to say", () => {
  expect(wasm).toMatchObject({ backend: { kind: "wasm", reason: null }, warnings: [] });
});

describe.each([
  ["--no-enable-sse4-1", /^CompileError: .*SIMD unsupported/],
  ["--jitless", /^ReferenceError: WebAssembly is not defined$/],
  ["--wasm-max-mem-pages=4", /^RangeError: .*[Mm]emory/],
])("under %s", (flag, reason) => {
  test("plain JavaScript takes over, says why once, and has the same bits", () => {
    const { backend, digest, warnings } = runScenario(flag);
    expect(backend).toEqual({ kind: "js", reason: expect.stringMatching(reason) });
    expect(warnings).toEqual([
      `adam-wasm: WebAssembly SIMD cannot run here (${backend.reason}); plain JavaScript does the same, bit for bit, twenty times slower`,
    ]);
    expect(digest).toBe(EXPECTED.digest);
  });
});

test.each(["--liftoff-only", "--no-enable-avx", "--no-enable-fma3"])(
  "under %s the module has the same bits",
  (flag) => {
    expect(runScenario(flag)).toEqual(wasm);
  },
);

test.each([
  ["hex", "delete globalThis.Buffer; delete Uint8Array.fromHex"],
  ["text", "delete globalThis.TextDecoder"],
])("where nothing decodes %s, the module arrives all the same", (_, forget) => {
  expect(runScenario("--import", `data:text/javascript,${forget}`)).toEqual(wasm);
});

test("where nothing encodes text, as in jsdom, checkpoints can be imported all the same", () => {
  const forget = "delete globalThis.TextDecoder; delete globalThis.TextEncoder";
  const program = `${forget}; console.log(typeof (await import("adam-wasm/checkpoint")).save)`;
  expect(node(["--input-type=module", "-e", program]).stdout).toBe("function\n");
});
