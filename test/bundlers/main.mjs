/**
 * `npm run test:bundlers [-- name…]`: packs the package, builds it into fresh projects with every bundler people use,
 * runs what they made, and prints a table. Exits with 1 if one does not build, does not run, gives other bits than the
 * package here, or carries the kernel more than once.
 */

import { readFileSync } from "node:fs";
import Table from "cli-table3";
import { Failure } from "../../scripts/lib/exec.mjs";
import { explain, main } from "../../scripts/lib/main.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { needChromium } from "../../scripts/setup/chromium.mjs";
import { needPackagesOf } from "../../scripts/setup/npm.mjs";
import { run as runHere } from "../support/scenario.mjs";
import { BUNDLERS } from "./bundlers.mjs";
import { gzipSize, kernelCopies, makeProject, pack } from "./project.mjs";

await main(async () => {
  const names = process.argv.slice(2);
  const chosen = BUNDLERS.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.toLowerCase().startsWith(part.toLowerCase())),
  );
  if (chosen.length === 0)
    throw new Failure(`none of ${BUNDLERS.map(({ name }) => name).join(", ")} is called ${names}`);
  const chromium = await needChromium();
  const tools = await needPackagesOf("test/bundlers/tools", "bundlers");
  const versionOf = (name) => JSON.parse(readFileSync(`${tools}/node_modules/${name}/package.json`, "utf8")).version;
  const tarball = await step("npm pack", pack);
  const { digest } = await runHere(await import("adam-wasm"));

  const table = new Table({
    head: ["bundler", "version", "runs in", "kernels", "smallest app, gzip", ""],
    style: { head: [], border: [], compact: true },
  });
  let failures = 0;
  for (const bundler of chosen) {
    const row = [bundler.name, versionOf(bundler.package), bundler.place];
    try {
      table.push([...row, ...(await step(bundler.name, () => check(bundler, tarball, chromium, digest))), "ok"]);
    } catch (error) {
      failures++;
      explain(error);
      table.push([...row, "", "", "FAILED"]);
    }
  }
  console.log(table.toString());
  return failures === 0 ? 0 : 1;
});

/** Builds and runs both programs; resolves to the number of kernels and the size. */
async function check({ name, build, results, copies = 1, hasSize = true }, tarball, chromium, digest) {
  const scenario = await makeProject(name, "scenario", tarball);
  await build(scenario);
  for (const result of await results(scenario, { chromium })) {
    if (result.backend.kind !== "wasm") throw new Failure(`${name}: the kernel is ${result.backend.reason}`);
    if (result.digest !== digest) throw new Failure(`${name}: other bits, ${result.digest} instead of ${digest}`);
  }
  if (copies === null) return ["", ""];
  const smallest = await makeProject(name, "smallest", tarball);
  await build(smallest);
  for (const { weight } of await results(smallest, { chromium })) {
    if (Math.abs(weight[0] - 0.9) > 1e-6) throw new Failure(`${name}: the smallest app computed ${weight}`);
  }
  for (const { out } of [scenario, smallest]) {
    const found = kernelCopies(out);
    if (found !== copies) throw new Failure(`${name}: ${found} copies of the kernel instead of ${copies}`);
  }
  return [copies, hasSize ? `${gzipSize(smallest.out)} B` : ""];
}
