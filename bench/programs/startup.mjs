/** The start of a program that trains, and the memory of a large parameter: one line of JSON. */

const LENGTH = 10_000;
const STEPS = 3000;
const WINDOW = 10;
const LARGE = 4_000_000;

const start = performance.now();
const { Adam, Parameter, Tensor } = await import("adam-wasm");
const imported = performance.now();
const parameter = Parameter.from(new Float32Array(LENGTH).fill(0.1));
parameter.grad = Tensor.from(new Float32Array(LENGTH).fill(0.01));
const optimizer = new Adam([parameter]);
const created = performance.now();
const ends = new Float64Array(STEPS);
for (let i = 0; i < STEPS; i++) {
  optimizer.step();
  ends[i] = performance.now();
}

// The first window of steps that takes at most a tenth longer than the windows of the last third do.
const windows = Array.from({ length: STEPS / WINDOW }, (_, i) => {
  const first = i * WINDOW;
  return ends[first + WINDOW - 1] - (first === 0 ? created : ends[first - 1]);
});
const late = windows.slice((2 * windows.length) / 3).sort((a, b) => a - b);
const steps = windows.findIndex((time) => time <= 1.1 * late[late.length >> 1]) * WINDOW;

// A large one, so that pages and what is left over of the others do not count.
const size = () => parameter.data.buffer.byteLength;
const before = size();
const large = Parameter.zeros([LARGE]);
large.grad = Tensor.zeros([LARGE]);
const between = size();
const second = new Adam([large]);
second.step();
console.log(
  JSON.stringify({
    importMs: imported - start,
    createMs: created - imported,
    firstStepMs: ends[0] - created,
    peakMs: (steps === 0 ? created : ends[steps - 1]) - start,
    stepsToPeak: steps,
    bytesPerElement: (size() - before) / LARGE,
    stateBytesPerElement: (size() - between) / LARGE,
  }),
);
