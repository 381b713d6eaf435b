/** The smallest training: what else is in its bundle, nobody asked for. */

import { Adam, backend, Parameter } from "adam-wasm";

const weight = Parameter.from([1, 2]);
weight.grad = [0.5, -0.5];
new Adam([weight], { lr: 0.1 }).step();
globalThis.result = Promise.resolve({ backend: backend(), weight: Array.from(weight.data) });
