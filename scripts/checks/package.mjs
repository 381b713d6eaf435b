/** What is checked of the package as npm would publish it: its manifest, its types as resolvers find them, its size. */

import { readFileSync } from "node:fs";
import { Failure, run } from "../lib/exec.mjs";
import { packInto } from "../lib/pack.mjs";
import { inRoot } from "../lib/paths.mjs";
import { scratch } from "../lib/scratch.mjs";

/** The checks, each a name and a function that rejects; they need `dist/`. */
export const packageChecks = [
  ["package: publint, types as found", async () => checkTarball(readFileSync(await packInto(scratch("packed"))))],
  ["package: sizes (.size-limit.json)", () => run("size-limit", [inRoot("node_modules/.bin/size-limit")])],
];

/**
 * What are-the-types-wrong says of every package with ES modules only: `require()` takes the ES module in every Node we
 * support.
 */
const isByDesign = ({ kind, resolutionKind }) => kind === "CJSResolvesToESM" && resolutionKind === "node16-cjs";

/** Throws all that publint and are-the-types-wrong find. */
async function checkTarball(bytes) {
  const findings = [...(await lint(bytes)), ...(await typeProblems(bytes))];
  if (findings.length > 0) throw new Failure("The package has faults as npm would publish it", findings.join("\n"));
}

async function lint(bytes) {
  const [{ publint }, { formatMessage }] = await Promise.all([import("publint"), import("publint/utils")]);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const { messages, pkg } = await publint({ pack: { tarball } });
  return messages.map((message) => formatMessage(message, pkg, { color: false }));
}

async function typeProblems(bytes) {
  const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
  const options = { excludeEntrypoints: ["./kernel.wasm"] };
  const result = await checkPackage(createPackageFromTarballData(bytes), options);
  if (!result.types) return ["The package has no types"];
  return result.problems
    .filter((/** @type {any} */ problem) => !isByDesign(problem))
    .map((problem) => JSON.stringify(problem));
}
