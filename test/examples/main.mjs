/**
 * `npm run test:examples [-- name…]`: packs the package, copies the examples beside it with the packages they use, runs
 * them as their users would, and exits with 1 if one says anything else than expected. Those that need no other package
 * run in `npm test`.
 */

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { Failure, run } from "../../scripts/lib/exec.mjs";
import { locked } from "../../scripts/lib/lock.mjs";
import { explain, main } from "../../scripts/lib/main.mjs";
import { installFrom, packInto } from "../../scripts/lib/pack.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { scratch } from "../../scripts/lib/scratch.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { needPackagesOf } from "../../scripts/setup/npm.mjs";
import { needRuntime } from "../../scripts/setup/runtimes.mjs";
import { inWorkerd } from "../bundlers/hosts.mjs";

const XOR = "0 xor 0 = 0, 0 xor 1 = 1, 1 xor 0 = 1, 1 xor 1 = 0";

/** What each example comes to: the last line it prints, or its answer. */
const EXAMPLES = [
  { file: "tfjs.mjs", expected: XOR, result: inNode },
  { file: "jax-js.mjs", expected: XOR, result: inNode },
  { file: "deno.ts", expected: "mean 5.150, spread 0.687, loss 0.125", result: inDeno },
  { file: "worker.js", expected: '{"slope":2,"intercept":1}', result: inWorker },
];

await main(async () => {
  const names = process.argv.slice(2);
  const chosen = EXAMPLES.filter(({ file }) => names.length === 0 || names.some((name) => file.startsWith(name)));
  if (chosen.length === 0)
    throw new Failure(`none of ${EXAMPLES.map(({ file }) => file).join(", ")} is called ${names}`);
  const project = await makeProject(await needPackagesOf("test/examples/tools", "examples"));
  let failures = 0;
  for (const { file, expected, result } of chosen) {
    try {
      await step(file, async () => {
        const found = await result(project, file);
        if (found !== expected) throw new Failure(`${file} comes to ${found} instead of ${expected}`);
      });
    } catch (error) {
      failures++;
      explain(error);
    }
  }
  return failures === 0 ? 0 : 1;
});

/** A folder with the examples and the packed package; other packages are found from there upwards. */
async function makeProject(tools) {
  const project = scratch("project", tools);
  await installFrom(await packInto(project), join(project, "node_modules/adam-wasm"));
  const manifest = { private: true, type: "module", dependencies: { "adam-wasm": "*" } };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  for (const { file } of EXAMPLES) cpSync(inRoot("examples", file), join(project, file));
  return project;
}

function lastLine(output) {
  return output.trim().split("\n").at(-1);
}

async function inNode(project, file) {
  return lastLine(await run(`example-${file}`, [process.execPath, file], { cwd: project }));
}

/** With its types checked, and without permissions. */
async function inDeno(project, file) {
  const deno = join(await locked(() => needRuntime("deno")), "deno");
  const env = { DENO_DIR: join(project, ".deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  return lastLine(await run(`example-${file}`, [deno, "run", "--check", file], { cwd: project, env }));
}

/** Bundled as wrangler does it: by esbuild, with modules of WebAssembly left beside it. */
async function inWorker(project, file) {
  const out = join(project, "out");
  await build({
    absWorkingDir: project,
    entryPoints: [file],
    outdir: out,
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    loader: { ".wasm": "copy" },
  });
  const { Miniflare } = await import(join(project, "../node_modules/miniflare/dist/src/index.js"));
  const body = "[[0, 1], [1, 3], [2, 5]]";
  return JSON.stringify(await inWorkerd({ Miniflare }, out, file, { method: "POST", body }));
}
