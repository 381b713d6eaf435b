/** A parameter of 1.2 GB, whose moments are 2.4 GB together: the state of an embedding of 300 million elements. */

import { Parameter, SparseAdam, SparseTensor } from "adam-wasm";

const [ROWS, WIDTH] = [75_000_000, 4];
const rows = [0, ROWS / 2, ROWS - 1];

/** The embedding of as many rows, and three steps of the same gradients for what lies in `rows`. */
function trained(count, rows) {
  const embedding = Parameter.zeros([count, WIDTH]);
  const optimizer = new SparseAdam([embedding], { lr: 0.1 });
  for (let step = 1; step <= 3; step++) {
    const values = Array.from({ length: rows.length * WIDTH }, (_, i) => Math.sin(i * step));
    embedding.grad = SparseTensor.coo([rows], values, { shape: [count, WIDTH] });
    optimizer.step();
  }
  const { step, expAvg, expAvgSq } = optimizer.state.get(embedding);
  const bits = ({ data }) =>
    rows.map((row) => Buffer.from(data.buffer, data.byteOffset + 4 * WIDTH * row, 4 * WIDTH).toString("hex"));
  return { step, bits: [embedding, expAvg, expAvgSq].map(bits), bytes: embedding.data.buffer.byteLength };
}

const small = trained(rows.length, [...rows.keys()]);
const large = trained(ROWS, rows);
console.log(
  JSON.stringify({
    step: large.step,
    same: JSON.stringify(large.bits) === JSON.stringify(small.bits),
    bytes: large.bytes,
  }),
);
