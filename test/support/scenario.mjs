/**
 * A training of 200 steps that uses what there is, for any host: no test framework, no Node. Its digest is the same
 * wherever the package does what it should.
 */

const STEPS = 200;

/** 32 random bits: what every host computes alike. */
function hash(seed, step, index) {
  let x = Math.imul(seed, 0x9e3779b9) ^ Math.imul(step, 0x85ebca6b) ^ Math.imul(index, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Numbers of many sizes, down to those that are subnormal when they are squared, and zeros. */
function noise(seed, step, length) {
  return Array.from({ length }, (_, index) => {
    const bits = hash(seed, step, index);
    return bits % 7 === 0 ? 0 : (bits / 2 ** 31 - 1) * 2 ** -(hash(seed + 1, 0, index) % 80);
  });
}

/** Trains; returns names and bytes of all parameters and moments. */
export function train({ Adam, AdamW, Parameter, Tensor, setFlushDenormal }) {
  const tensors = [];
  const optimizers = [
    (params) => new Adam(params, { lr: 0.01 }),
    (params) => new Adam(params, { lr: 0.01, exact: true, weightDecay: 0.1, amsgrad: true }),
    (params) => new Adam(params, { lr: 0.01, epsilonHat: true, betas: [0.3, 0.9], maximize: true }),
    (params) => new AdamW(params, { lr: 0.01, eps: 1e-30 }),
    (params) => new AdamW([{ params, amsgrad: true }], { lr: 0.01, exact: true }),
  ];
  for (const [run, create] of optimizers.entries()) {
    const parameters = [
      Parameter.from(noise(10 * run, 0, 1003)),
      Parameter.from(noise(10 * run + 1, 0, 65), { shape: [5, 13], dtype: "float64" }),
      Parameter.from(noise(10 * run + 2, 0, 6), { requiresGrad: false }),
      Parameter.zeros([0]),
      Parameter.from(run),
    ];
    const optimizer = create(parameters);
    const gradient = Tensor.zeros([1003]);
    parameters[0].grad = gradient;
    setFlushDenormal(run !== 3);
    for (let step = 1; step <= STEPS; step++) {
      gradient.set(noise(10 * run + 3, step, 1003));
      parameters[1].grad = Float64Array.from(noise(10 * run + 4, step, 65));
      if (step % 3 === 0) parameters[4].grad = step / 7;
      else parameters[4].grad = null;
      if (step === 50) parameters[2].requiresGrad = true;
      if (step >= 40) parameters[2].grad = noise(10 * run + 5, step, 6);
      if (step === 100) optimizer.paramGroups[0].lr = 0.003;
      optimizer.step();
    }
    setFlushDenormal(true);
    for (const [index, parameter] of parameters.entries()) {
      const { expAvg, expAvgSq, maxExpAvgSq } = optimizer.state.get(parameter) ?? {};
      for (const [name, tensor] of Object.entries({ param: parameter, expAvg, expAvgSq, maxExpAvgSq })) {
        if (tensor === undefined) continue;
        if (tensor.data.some(Number.isNaN)) throw new Error("there is a NaN, and its bits are the host's choice");
        const { buffer, byteOffset, byteLength } = tensor.data;
        tensors.push({
          name: `${run}/${index}/${name}`,
          bytes: new Uint8Array(buffer, byteOffset, byteLength).slice(),
        });
      }
    }
    optimizer.dispose();
    for (const parameter of parameters) parameter.dispose();
  }
  return tensors;
}

/** SHA-256 over all of it, by the host's Web Crypto. */
export async function digest(tensors) {
  const parts = tensors.flatMap(({ name, bytes }) => [new TextEncoder().encode(`${name}:${bytes.length}:`), bytes]);
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const hashed = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", all));
  return [...hashed].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The digest of the training with this copy of the package, and which kernel did it. */
export async function run(package_) {
  const tensors = train(package_);
  return { backend: package_.backend(), tensors: tensors.length, digest: await digest(tensors) };
}
