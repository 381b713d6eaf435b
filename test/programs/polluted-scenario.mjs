/** The scenario where somebody has put options on Object.prototype, before or after the package was loaded. */

import { run } from "../support/scenario.mjs";

const pollute = () => import("../support/pollution.mjs");

if (process.argv[2] === "before") await pollute();
const adam = await import("adam-wasm");
if (process.argv[2] === "after") await pollute();

const { Adam, Parameter } = adam;
const named = Object.entries({ weight: Parameter.zeros([2]), bias: Parameter.zeros([1]) });
const { name, paramNames, params, initialLr } = new Adam(named).paramGroups[0];
new Adam([{ params: [Parameter.zeros([1])] }]).zeroGrad({});

const result = await run(adam);
console.log(
  JSON.stringify({
    ...result,
    group: { name: name ?? null, paramNames, params: params.length, initialLr: initialLr ?? null },
  }),
);
