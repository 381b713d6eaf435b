/** Takes all the memory that 32 bits can address, asks for more in every way, and says what each call threw. */

import { Adam, Parameter, SparseAdam, SparseTensor, Tensor } from "adam-wasm";

const parameter = Parameter.from([1, 2, 3]);
const optimizer = new Adam([parameter]);
const embedding = Parameter.zeros([4, 2]);
const sparse = new SparseAdam([embedding]);

/** Halves what it asks for until nothing is left, and goes on for a while. */
const ballast = [];
const codes = new Set();
for (let length = 2 ** 28, refusals = 0; refusals < 100; ) {
  try {
    ballast.push(Tensor.zeros([length]));
  } catch ({ code, message }) {
    codes.add(code ?? message);
    if (length > 1) length /= 2;
    else refusals++;
  }
}

function codeOf(act) {
  try {
    act();
    return "went well";
  } catch ({ code, message }) {
    return code ?? message;
  }
}

const train = () => {
  parameter.grad ??= [1, 1, 1];
  optimizer.step();
};
const full = {
  bytes: ballast[0].data.buffer.byteLength,
  Tensor: codeOf(() => Tensor.zeros([2 ** 20])),
  optimizer: codeOf(() => new Adam([parameter])),
  gradient: codeOf(train),
  "sparse gradient": codeOf(() => {
    embedding.grad = SparseTensor.coo([[1]], [1, 2], { shape: [4, 2] });
  }),
};

for (const tensor of ballast) tensor.dispose();
train();
embedding.grad = SparseTensor.coo([[1]], [1, 2], { shape: [4, 2] });
sparse.step();
new Adam([parameter]).dispose();
const steps = [optimizer.state.get(parameter).step, sparse.state.get(embedding).step];
console.log(JSON.stringify({ codes: [...codes], full, steps, largest: Tensor.zeros([2 ** 28]).length }));
