/** The package as it is published: what is in it, and that it works where somebody installs it. */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node, ROOT, run } from "../support/child.js";
import { EXPECTED } from "../support/expected.js";

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly unpackedSize: number;
}

let folder: string;
let packed: Packed;
let consumer: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "adam-wasm-package-"));
  packed = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder]).stdout)[0];
  consumer = join(folder, "consumer");
  mkdirSync(consumer);
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const tarball = join(folder, packed.filename);
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: consumer });
  cpSync(join(ROOT, "test/support/scenario.mjs"), join(consumer, "scenario.mjs"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const paths = () => packed.files.map(({ path }) => path);

describe("the tarball", () => {
  test("holds the build, its papers and nothing else", () => {
    const others = paths().filter((path) => !path.startsWith("dist/"));
    expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    const unexpected = paths().filter(
      (path) => path.startsWith("dist/") && !/\.(js|js\.map|d\.ts)$|^dist\/kernel\.wasm$/.test(path),
    );
    expect(unexpected).toEqual([]);
  });

  test("has declarations for every module", () => {
    const modules = paths().filter((path) => path.endsWith(".js") && !path.startsWith("dist/bundled/"));
    expect(modules.length).toBeGreaterThan(15);
    for (const module of modules) expect(paths()).toContain(module.replace(/\.js$/, ".d.ts"));
  });

  test("has every module that a module of it imports", () => {
    for (const path of paths().filter((path) => /\.(js|d\.ts)$/.test(path))) {
      const text = readFileSync(join(consumer, "node_modules/adam-wasm", path), "utf8");
      for (const [, specifier] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
        const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
        expect(paths(), `${path} imports ${specifier}`).toContain(target);
      }
    }
  });

  test("names what it has and depends on nothing", () => {
    const manifest = JSON.parse(readFileSync(join(consumer, "node_modules/adam-wasm/package.json"), "utf8"));
    for (const entry of [manifest.main, manifest.module, manifest.types])
      expect(paths()).toContain(entry.replace("./", ""));
    expect(manifest).not.toHaveProperty("dependencies");
    expect(readdirSync(join(consumer, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["adam-wasm"]);
  });
});

describe("an installed package", () => {
  const programs: Readonly<Record<string, readonly [file: string, text: string]>> = {
    "is imported": [
      "import.mjs",
      `import * as adam from "adam-wasm"; import { run } from "./scenario.mjs"; console.log(JSON.stringify(await run(adam)));`,
    ],
    "is required": [
      "require.cjs",
      `const adam = require("adam-wasm"); import("./scenario.mjs").then(({ run }) => run(adam)).then((result) => console.log(JSON.stringify(result)));`,
    ],
    "is imported and required, and is one": [
      "both.mjs",
      `import * as adam from "adam-wasm"; import { createRequire } from "node:module"; import { run } from "./scenario.mjs";
       const required = createRequire(import.meta.url)("adam-wasm");
       if (required.Adam !== adam.Adam) throw new Error("there are two");
       console.log(JSON.stringify(await run({ ...adam, Parameter: required.Parameter })));`,
    ],
  };
  test("keeps checkpoints in files, by whichever door its parts come in", () => {
    writeFileSync(
      join(consumer, "checkpoint.mjs"),
      `import { Adam, Parameter } from "adam-wasm"; import { load, save } from "adam-wasm/checkpoint";
       import { loadFile, saveFile } from "adam-wasm/checkpoint/node"; import "adam-wasm/checkpoint/browser"; import "adam-wasm/checkpoint/torch";
       import { createRequire } from "node:module"; const required = createRequire(import.meta.url)("adam-wasm/checkpoint");
       if (required.save !== save) throw new Error("there are two");
       const weight = Parameter.from([1, 2]); const optimizer = new Adam([weight]);
       weight.grad = [1, 1]; optimizer.step();
       await saveFile("a.safetensors", { weight, optimizer }); const before = weight.data.slice();
       optimizer.step(); await loadFile("a.safetensors", { weight, optimizer });
       console.log(before.every((x, i) => x === weight.data[i]), optimizer.state.get(weight).step, Object.keys(load(save({ optimizer }))));`,
    );
    expect(node(["checkpoint.mjs"], { cwd: consumer }).stdout).toBe("true 1 [ 'optimizer' ]\n");
  });

  test.each(Object.entries(programs))("%s", (_, [file, text]) => {
    writeFileSync(join(consumer, file), text);
    expect(JSON.parse(node([file], { cwd: consumer }).stdout)).toEqual(EXPECTED);
  });

  test("shows package.json to tools, and its inside to nobody", () => {
    const resolve = (path: string) =>
      node(["-p", `require.resolve(${JSON.stringify(path)})`], { cwd: consumer }).stdout;
    expect(resolve("adam-wasm/package.json")).toContain("package.json");
    expect(() => resolve("adam-wasm/dist/wasm/instance.js")).toThrow("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  /** Compiles a program strictly, looking into our declarations too; returns what the compiler says. */
  function compile(program: string, module: string, lib: readonly string[]) {
    writeFileSync(join(consumer, "consumer.ts"), program);
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const options = { module, lib, target: "es2022", types: [], ...strict, skipLibCheck: false, noEmit: true };
    writeFileSync(
      join(consumer, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["consumer.ts"] }),
    );
    return node([join(ROOT, "node_modules/typescript/bin/tsc"), "-p", consumer]).stdout;
  }

  describe.each(["nodenext", "preserve"])("with module %s", (module) => {
    test.each([
      ["what hosts have", ["es2022", "dom", "esnext.disposable"], CONSUMER + HOST_CONSUMER],
      ["all of ESNext", ["esnext", "dom"], CONSUMER + HOST_CONSUMER],
      ["the language alone", ["es2022"], CONSUMER.replaceAll("using ", "const ") + PLAIN_CONSUMER],
    ])("has types that a strict program checks against, where lib is %s", (_, lib, program) => {
      expect(compile(program, module, lib)).toBe("");
    });
  });
});

/** What `adam-wasm/slim` takes where there are requests, and what `using` needs. */
const HOST_CONSUMER = `
import { init, initSync, type KernelSource } from "adam-wasm/slim";

init(fetch("kernel.wasm"));
init(WebAssembly.compileStreaming(fetch("kernel.wasm")));
const module: KernelSource = new WebAssembly.Module(new Uint8Array(8));
initSync(module);
const disposable: Disposable = weight;
void disposable;
`;

/** The same where the program's lib has neither requests nor modules. */
const PLAIN_CONSUMER = `
import * as checkpoint from "adam-wasm/checkpoint";
import * as browser from "adam-wasm/checkpoint/browser";
import * as nodeFiles from "adam-wasm/checkpoint/node";
import * as torch from "adam-wasm/checkpoint/torch";
import { init, initSync } from "adam-wasm/slim";

init(Promise.resolve(new Uint8Array(8)));
initSync(new ArrayBuffer(8));
// @ts-expect-error: an address is no kernel
init("kernel.wasm");
weight[Symbol.dispose]();
void [checkpoint, browser, nodeFiles, torch];
`;

/** Uses every exported type; what must not compile is marked as such, and an unused mark is an error. */
const CONSUMER = `
import { Adam, AdamW, Adamax, AveragedModel, backend, clipGradNorm, NAdam, OneCycleLR, Optimizer, Parameter, RAdam, SGD, SparseAdam, SparseTensor, StepLR, SWATS, setFlushDenormal, Tensor } from "adam-wasm";
import { Autosave, deserialize, load, save, serialize } from "adam-wasm/checkpoint";
import type { AutosaveOptions, NamedTensors, Place, SafeTensors, SaveOptions, Stateful, StoredArray, StoredDType, StoredTensor, Targets } from "adam-wasm/checkpoint";
import { database, download, privateFolder } from "adam-wasm/checkpoint/browser";
import { folder, loadFile, saveFile } from "adam-wasm/checkpoint/node";
import { loadTorch } from "adam-wasm/checkpoint/torch";
import type { AdamOptions, AdamParameterState, Backend, Betas, CodedError, DType, DTypeOf, ErrorCode, FloatArray, NestedNumbers, ParamGroup, ParamGroupInit, ParameterOptions, Params, StateDict, TensorOptions, TensorValues } from "adam-wasm";

const weight: Parameter = Parameter.from([[0.1, -0.2], [0.3, 0.4]], { name: "weight" } satisfies ParameterOptions);
const values: TensorValues = new Float64Array(4);
const nested: NestedNumbers = [[1], new Float32Array(1)];
const tensor: Tensor = Tensor.from(values, { shape: [2, 2], dtype: "float32" } satisfies TensorOptions);
weight.grad = tensor;
weight.grad = [[1, 2], [3, 4]];
weight.grad = new Float32Array(4);
weight.grad = null;
const data: FloatArray = weight.data;
const dtype: DType = weight.dtype;

const singles: Float32Array[] = [Parameter.from([1], { name: "a" }).data, Tensor.zeros([1]).view(0, [1]).data, Tensor.from(new Float64Array(1), { dtype: "float32" }).data];
const doubles: Float64Array[] = [Tensor.from(new Float64Array(1)).data, Parameter.zeros([1], { dtype: "float64" }).data];
const sum: number = Parameter.view(Tensor.zeros([1]), 0, [1]).data.reduce((a, b) => a + b, 0);
const either: Tensor = Tensor.from(weight.data);
const [single, double]: [DTypeOf<number[][]>, DTypeOf<Float64Array>] = ["float32", "float64"];
weight.grad = Tensor.zeros([1], { dtype });
// @ts-expect-error: the dtype is that of the values, whatever is hoped for
const zeros: Parameter<"float64"> = Parameter.zeros([3]);
// @ts-expect-error: plain numbers become float32
const plain: Tensor<"float64"> = Tensor.from([1]);
// @ts-expect-error: it may be a Float64Array
const unknown: Float32Array = Tensor.from(values).data;
// @ts-expect-error: an option that there is not
Tensor.from([1], { type: "float32" });
void [singles, doubles, sum, either, single, double, zeros, plain, unknown];

const head: ParamGroupInit<AdamOptions> = { params: weight, lr: 1, name: "head" };
const params: Params<AdamOptions> = [head];
const betas: Betas = [0.9, 0.99];
const adam = new Adam(params, { lr: 1e-2, betas, eps: 1e-8, weightDecay: 0, amsgrad: true, maximize: false });
const adamw: Adam = new AdamW([["weight", weight]], { exact: true, epsilonHat: false, decoupledWeightDecay: true });
new Adam(new Set([weight]));
const group: ParamGroup<AdamOptions> = adam.paramGroups[0];
// @ts-expect-error: there may be no second group
adam.paramGroups[1].lr = 1;
group.lr *= 0.5;
const state: AdamParameterState | undefined = adam.state.get(weight);
const moments: (Tensor | undefined)[] = [state?.expAvg, state?.expAvgSq, state?.maxExpAvgSq];
const loss: number = adam.step(() => 1);
const nothing: undefined = adam.step();
const family: Optimizer[] = [Adam, AdamW, Adamax, NAdam, RAdam, SGD, SparseAdam].map((Rule) => new Rule([weight]));
for (const optimizer of family) {
  for (const group of optimizer.paramGroups) group.lr *= 0.5;
  new StepLR(optimizer, { stepSize: 1 });
}
let watched: SWATS | SGD = new SWATS(adam);
const watchedLoss: number = watched.step(() => 1);
watched = new SGD([weight]);
void [watched, watchedLoss];
// An option that is undefined is one that is not given, everywhere.
const u: undefined = undefined;
new StepLR(new SGD([weight], { lr: u }), { stepSize: 1, gamma: u, lastEpoch: u });
new OneCycleLR(adam, { maxLr: 1, totalSteps: 10, epochs: u, pctStart: u, annealStrategy: u, maxMomentum: u });
new AveragedModel([weight], { decay: u });
clipGradNorm(weight, 1, { normType: u, errorIfNonfinite: u });
SparseTensor.coo([0], [1], { shape: u, dtype: u });
adam.step(u, { gradScale: u, zeroGrad: u });
adam.zeroGrad({ setToNone: u });
adam.zeroGrad({ setToNone: false });
adam.addParamGroup({ params: [Parameter.zeros([1])], eps: 0 });
const kind: Backend["kind"] = backend().kind;
setFlushDenormal(false);
try {
  adam.step();
} catch (error) {
  const code: ErrorCode = (error as CodedError).code;
  void code;
}
{
  using scoped = Tensor.zeros([1]);
  using optimizer = new Adam([weight]);
  void [scoped, optimizer];
}

const stateful: Stateful = adam;
const targets: Targets = { model: { weight }, layers: [weight], adam, stateful };
const saved: Uint8Array<ArrayBuffer> = save({ ...targets, epoch: 3 }, { epsilonHat: true } satisfies SaveOptions);
const { epoch } = load<{ epoch: number }>(saved, targets);
const restored: Record<string, unknown>[] = [load(saved.buffer), loadTorch(saved, targets)];
const named: NamedTensors = { weight, bias: { dtype: "bfloat16", shape: [1], data: new Uint16Array(1) } };
const { tensors, metadata }: SafeTensors = deserialize(serialize(new Map(Object.entries(named)), { note: "text" }));
const stored: StoredTensor | undefined = tensors.get("weight");
const storedType: StoredDType | undefined = stored?.dtype;
const storedData: StoredArray | undefined = stored?.data;
const places: Place[] = [folder("run"), privateFolder("run"), database("run")];
const autosave = new Autosave(places[0]!, targets, { steps: 10, seconds: 60, keep: 2 } satisfies AutosaveOptions);
new Autosave(places[0]!, targets, { steps: 10, seconds: u, keep: u, epsilonHat: u });
const isSaved: Promise<boolean> = autosave.step({ epoch });
const files: Promise<unknown>[] = [saveFile("a", { adam }), loadFile<{ epoch: number }>("a", targets), autosave.resume()];
const epochOf = async (): Promise<number> => {
  const { epoch = 0 } = (await autosave.resume<{ epoch: number }>()) ?? {};
  return epoch;
};
const hand: (name: string, checkpoint: { weight: Parameter }) => void = download;
adam.loadStateDict(load<{ adam: StateDict }>(saved).adam);
void [restored, metadata, storedType, storedData, isSaved, files, hand, epochOf];
// @ts-expect-error: a number is no place to restore to
load(saved, { epoch: 3 });
// @ts-expect-error: a name is not a checkpoint
saveFile("a", "b");

// @ts-expect-error: an option that there is not
new Adam([weight], { learningRate: 1 });
// @ts-expect-error: a beta is missing
new Adam([weight], { betas: [0.9] });
// @ts-expect-error: a list of parameters
new Adam(weight);
// @ts-expect-error: the shape is not to be changed
weight.shape = [4];
// @ts-expect-error: no gradient is null
weight.grad = undefined;
// @ts-expect-error: no integers
Tensor.zeros([1], { dtype: "int32" });
// @ts-expect-error: state is read
adam.state.set(weight, state);
// @ts-expect-error: made by from and zeros
new Parameter([1], "float32");
// @ts-expect-error: an optimizer is a rule, not a name
new Optimizer([weight]);
void [data, dtype, nested, adamw, group, moments, loss, nothing, kind];
`;
