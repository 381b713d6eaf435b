/**
 * Runs out of memory in every call that takes some, and says what each threw, what it changed, and what works next.
 * With `undisturbed` as its argument it trains without these calls.
 */

import { createHash } from "node:crypto";
import { Adam, Parameter, SparseTensor, Tensor } from "adam-wasm";

const floats = (kib) => [kib * 256];

const weight = Parameter.from(Float32Array.from({ length: 1000 }, (_, i) => i));
const bias = Parameter.from(Float64Array.of(1, 2, 3));
const small = Parameter.zeros(floats(4), { requiresGrad: false });
const large = Parameter.zeros(floats(600), { requiresGrad: false, name: "large" });
const middle = Parameter.zeros(floats(500));
const tiny = Parameter.zeros([1]);
const spare = Parameter.zeros(floats(12));
const sparse = SparseTensor.coo([...Array(10_000).keys()], new Float32Array(10_000), { shape: middle.shape });
const parameters = [weight, bias, small, large];
const optimizer = new Adam([{ params: weight }, { params: [bias, small], lr: 0.1 }, { params: large, amsgrad: true }]);
for (const parameter of parameters) {
  parameter.grad = Tensor.zeros(parameter.shape, { dtype: parameter.dtype });
  parameter.grad.fill(0.5);
}
optimizer.step();

const hex = ({ data: { buffer, byteOffset, byteLength } }) =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

function snapshot() {
  const state = [...optimizer.state].map(([parameter, { step, expAvg, expAvgSq }]) => [
    parameters.indexOf(parameter),
    step,
    hex(expAvg),
    hex(expAvgSq),
  ]);
  const groups = optimizer.paramGroups.map(({ params, ...options }) => ({
    ...options,
    params: params.map((each) => parameters.indexOf(each)),
  }));
  return JSON.stringify({
    tensors: parameters.flatMap((each) => [hex(each), each.grad && hex(each.grad)]),
    state,
    groups,
  });
}

/** KiB of the largest tensor there is room for, to 4. */
function room() {
  let [fits, fails] = [0, 2 ** 20];
  while (fails - fits > 4) {
    const kib = (fits + fails) / 2;
    try {
      Tensor.zeros(floats(kib)).dispose();
      fits = kib;
    } catch {
      fails = kib;
    }
  }
  return fits;
}

function attempt(act) {
  const before = { snapshot: snapshot(), room: room() };
  const result = { error: null };
  try {
    act();
  } catch ({ name, code, message }) {
    result.error = { name, code, message };
  }
  result.held = weight.data.buffer.byteLength;
  result.isUnchanged = snapshot() === before.snapshot;
  result.keptRoom = room() - before.room;
  return result;
}

/** Leaves room for tensors of less than `kib` while `act` runs. */
function cramped(kib, act) {
  const ballast = [];
  for (let left = room(); left > kib; left = room()) ballast.push(Tensor.zeros(floats(left - kib / 2)));
  const result = act();
  for (const tensor of ballast) tensor.dispose();
  return result;
}

/** Fills memory to the last 64 bytes while `act` runs. */
function full(act) {
  const ballast = [];
  for (let length = 2 ** 20; length >= 1; ) {
    try {
      ballast.push(Tensor.zeros([length]));
    } catch {
      length = Math.floor(length / 2);
    }
  }
  const result = act();
  for (const tensor of ballast) tensor.dispose();
  return result;
}

/** What a call throws. On full memory nothing else can be measured. */
function codeOf(act) {
  try {
    act();
    return "went well";
  } catch ({ code, message }) {
    return code ?? message;
  }
}

function attempts() {
  const results = {
    Tensor: attempt(() => Tensor.zeros(floats(4096))),
    Parameter: attempt(() => Parameter.from(new Float32Array(floats(4096)[0]))),
    gradient: cramped(100, () =>
      attempt(() => {
        large.grad = new Float32Array(large.length);
      }),
    ),
    // Room for its values, but not for where they go as well.
    "sparse gradient": cramped(100, () =>
      attempt(() => {
        middle.grad = sparse;
      }),
    ),
    constructor: attempt(() => new Adam([{ params: spare }, { params: [tiny, middle], amsgrad: true }])),
    addParamGroup: attempt(() => optimizer.addParamGroup({ params: [middle], amsgrad: true })),
    step: attempt(() => {
      small.requiresGrad = large.requiresGrad = true;
      codeOf(() => optimizer.step());
      // What the first try could not reserve must be asked for again.
      optimizer.step();
    }),
  };
  const onFullMemory = full(() => ({
    Tensor: codeOf(() => Tensor.zeros([1])),
    Parameter: codeOf(() => Parameter.zeros([0])),
    constructor: codeOf(() => new Adam([weight])),
    addParamGroup: codeOf(() => optimizer.addParamGroup({ params: middle })),
    "zeroGrad and a gradient that has a buffer": codeOf(() => {
      optimizer.zeroGrad({ setToNone: false });
      for (const parameter of parameters) parameter.grad.fill(0.5);
    }),
    state: codeOf(() => optimizer.state.get(weight).expAvg.data),
  }));
  return { results, onFullMemory };
}

const disturbed = process.argv[2] === "undisturbed" ? {} : attempts();
small.requiresGrad = large.requiresGrad = true;
optimizer.paramGroups[2].amsgrad = false;
optimizer.step();
middle.dispose();
new Adam([weight, bias]).dispose();
const steps = [...optimizer.state.values()].map(({ step }) => step);
const digest = createHash("sha256").update(snapshot()).digest("hex");
console.log(JSON.stringify({ ...disturbed, steps, digest }));
