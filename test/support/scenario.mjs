/**
 * A training of 200 steps that uses what there is, for any host: no test framework, no Node. Its digest, which is kept in
 * `vectors/scenario.json`, is the same wherever the package does what it should.
 */

const STEPS = 200;
const ROWS = 59;
const COLUMNS = 17;

/** A run for each optimizer and each way through the kernel. */
const RUNS = [
  ({ Adam }, params) => new Adam(params, { lr: 0.01 }),
  ({ Adam }, params) => new Adam(params, { lr: 0.01, exact: true, weightDecay: 0.1, amsgrad: true }),
  ({ Adam }, params) => new Adam(params, { lr: 0.01, epsilonHat: true, betas: [0.3, 0.9], maximize: true }),
  ({ AdamW }, params) => new AdamW(params, { lr: 0.01, eps: 1e-30 }),
  ({ AdamW }, params) => new AdamW([{ params, amsgrad: true }], { lr: 0.01, exact: true }),
  ({ SGD }, params) => new SGD(params, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  ({ Adamax }, params) => new Adamax(params, { weightDecay: 0.01 }),
  ({ NAdam }, params) => new NAdam(params, { weightDecay: 0.01, decoupledWeightDecay: true }),
  ({ RAdam }, params) => new RAdam(params, { lr: 0.01, betas: [0.8, 0.95] }),
];

/** The same for optimizers of sparse gradients. */
const SPARSE_RUNS = [
  ({ SparseAdam }, params) => new SparseAdam(params, { lr: 0.01 }),
  ({ SGD }, params) => new SGD(params, { lr: 0.1, maximize: true }),
];

/** Trains; returns names and bytes of all parameters, averages, states and estimates. */
function train(package_) {
  const tensors = [];
  const runs = [...RUNS.map((create) => ({ create })), ...SPARSE_RUNS.map((create) => ({ create, sparse: true }))];
  for (const [run, { create, sparse = false }] of runs.entries()) {
    const { AveragedModel, CosineAnnealingLR, Parameter, setFlushDenormal } = package_;
    const parameters = [
      Parameter.from(noise(10 * run, ROWS * COLUMNS), { shape: [ROWS, COLUMNS] }),
      Parameter.from(noise(10 * run + 1, 5 * COLUMNS), { shape: [5, COLUMNS], dtype: "float64" }),
      Parameter.from(noise(10 * run + 2, 6), { requiresGrad: false }),
      Parameter.zeros([0]),
      Parameter.from(run),
    ];
    const optimizer = create(package_, parameters);
    const scheduler = new CosineAnnealingLR(optimizer, { tMax: STEPS, etaMin: 1e-4 });
    const average = new AveragedModel(parameters, { decay: 0.99 });
    const assign = sparse ? assignSparse : assignDense;
    for (let step = 1; step <= STEPS; step++) {
      setFlushDenormal(run !== 3);
      assign(package_, parameters, step);
      optimizer.step(undefined, { gradScale: clip(package_, parameters, step) });
      scheduler.step();
      average.updateParameters();
    }
    setFlushDenormal(true);
    for (const [index, parameter] of parameters.entries()) {
      const state = Object.entries(optimizer.state.get(parameter) ?? {});
      for (const [name, value] of [["param", parameter], ["average", average.averages[index]], ...state]) {
        tensors.push({ name: `${run}/${index}/${name}`, bytes: bytesOf(value) });
      }
    }
    for (const disposable of [optimizer, average, ...parameters]) disposable.dispose();
  }
  return [...tensors, { name: "rates", bytes: bytesOf({ data: watch(package_) }) }];
}

/** SWATS's learning rates: they are computed outside of the kernel. */
function watch({ Adam, Parameter, SWATS }) {
  const parameter = Parameter.from(noise(-1, COLUMNS));
  const adam = new Adam([parameter], { lr: 0.01 });
  const swats = new SWATS(adam);
  const rates = Float64Array.from({ length: STEPS }, (_, step) => {
    parameter.grad = gradient(step, 0, COLUMNS);
    swats.step();
    return swats.lr;
  });
  for (const disposable of [adam, parameter]) disposable.dispose();
  return rates;
}

/** A tensor kept by reference, arrays, a thawed parameter, a gradient that is there at times. */
function assignDense({ Tensor }, [matrix, double, late, , scalar], step) {
  matrix.grad ??= Tensor.zeros(matrix.shape);
  matrix.grad.set(gradient(step, 0, matrix.length));
  double.grad = Float64Array.from(gradient(step, 1, double.length));
  if (step === 50) late.requiresGrad = true;
  if (step >= 40) late.grad = gradient(step, 2, late.length);
  scalar.grad = step % 3 === 0 ? step / 7 : null;
}

/** Some rows, one of them twice at times. */
function assignSparse({ SparseTensor }, [matrix, double], step) {
  for (const [which, parameter] of [matrix, double].entries()) {
    const { dtype, shape } = parameter;
    const rows = [step, 3 * step, 7 * step + 1].map((row) => row % shape[0]);
    const values = rows.map((_, i) => gradient(step, which + i, COLUMNS));
    parameter.grad = SparseTensor.coo([rows], values, { dtype, shape });
  }
}

/** Clips by norm or by value, in place or on the way into the step, or not at all; returns the factor for the step. */
function clip({ clipCoefficient, clipGradNorm, clipGradValue, getTotalNorm }, parameters, step) {
  if (step % 5 === 1) clipGradNorm(parameters, 0.5);
  if (step % 5 === 2) clipGradValue(parameters, 0.1);
  if (step % 5 === 3) return clipCoefficient(getTotalNorm(parameters.map(({ grad }) => grad)), 0.5);
  return 1;
}

// In vm contexts, such as edge runtimes, looking up a global takes 100 ns.
const { imul } = Math;

/** 32 random bits: what every host computes alike. */
function hash(seed, index) {
  let x = imul(seed, 0x9e3779b9) ^ imul(index, 0xc2b2ae35);
  x = imul(x ^ (x >>> 16), 0x7feb352d);
  x = imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Numbers of many sizes, down to those that are subnormal when they are squared, and zeros. */
function noise(seed, length) {
  return Array.from({ length }, (_, index) => {
    const bits = hash(seed, index);
    return bits % 7 === 0 ? 0 : (bits / 2 ** 31 - 1) * 2 ** -(hash(index, 1) % 80);
  });
}

const noises = Array.from({ length: STEPS + 1 }, (_, step) => noise(-step, ROWS * COLUMNS + 10));

/** Gradients of a step, made of the same noise for all runs. */
function gradient(step, which, length) {
  return noises[step].slice(which, which + length);
}

/** The bytes of a number or of a tensor's elements. */
function bytesOf(value) {
  const data = typeof value === "number" ? Float64Array.of(value) : value.data;
  if (data.some(Number.isNaN)) throw new Error("there is a NaN, and its bits are the host's choice");
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

/** SHA-256 over all of it, by the host's Web Crypto. */
export async function digest(tensors) {
  const parts = tensors.flatMap(({ name, bytes }) => [new TextEncoder().encode(`${name}:${bytes.length}:`), bytes]);
  const all = new Uint8Array(await new Blob(parts).arrayBuffer());
  const hashed = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", all));
  return [...hashed].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The digest of the training with this copy of the package, and which kernel did it. */
export async function run(package_) {
  return { backend: package_.backend(), digest: await digest(train(package_)) };
}
