/**
 * `npm run test:mutants [-- "part of a name" …]`: applies each mistake of mutants/ to a copy of the project, and
 * shows which fast test notices. Exits with 1 if one goes unnoticed, or no longer applies.
 */

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./build/index.mjs";
import { ask, Failure } from "./lib/exec.mjs";
import { main } from "./lib/main.mjs";
import { inRoot, inTools } from "./lib/paths.mjs";
import { step } from "./lib/step.mjs";
import { MUTANTS } from "./mutants/index.mjs";

const copy = inTools("mutants");

await main(async () => {
  const wanted = process.argv.slice(2);
  const mutants = MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
  if (mutants.length === 0) throw new Failure(`no mutant has ${wanted.join(" or ")} in its name`);
  await build();
  await copyProject();
  const whole = await step("without a mutant", firstFailure);
  if (whole !== null) throw new Failure(`the fast tests fail without any mutant: ${whole}`);
  const survivors = [];
  const width = Math.max(...mutants.map(({ name }) => name.length));
  for (const mutant of mutants) {
    const killer = await step(mutant.name, () => killerOf(mutant));
    if (killer === null) survivors.push(mutant.name);
    console.log(`${mutant.name.padEnd(width)}  ${killer ?? "SURVIVED"}`);
  }
  console.log(`\n${mutants.length - survivors.length} of ${mutants.length} mutants killed`);
  if (survivors.length > 0) console.log(`survived: ${survivors.join(", ")}`);
  return survivors.length === 0 ? 0 : 1;
});

/** What git knows of the project, with the tools and packages of the original. */
async function copyProject() {
  const files = (await ask("git", ["ls-files", "--cached", "--others", "--exclude-standard"])) ?? "";
  if (files === "") throw new Failure("the mutant test copies what git lists, and git lists nothing here");
  for (const kept of ["crate", "ts", "test", "scripts", "examples", "bench"]) {
    rmSync(join(copy, kept), { recursive: true, force: true });
  }
  for (const file of files.split("\n").filter((file) => existsSync(inRoot(file)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(inRoot(file), join(copy, file));
  }
  mkdirSync(join(copy, ".tools"), { recursive: true });
  for (const shared of ["node_modules", ".tools/bin", ".tools/rust"]) {
    if (existsSync(inRoot(shared)) && !existsSync(join(copy, shared))) symlinkSync(inRoot(shared), join(copy, shared));
  }
}

/** The test that notices, or null. */
async function killerOf({ name, file, from, to }) {
  const path = join(copy, file);
  const original = readFileSync(path, "utf8");
  if (!original.includes(from)) throw new Failure(`the mutant "${name}" no longer applies: ${file} has no ${from}`);
  writeFileSync(path, original.replaceAll(from, to));
  try {
    return await firstFailure();
  } finally {
    writeFileSync(path, original);
  }
}

/** The first fast test that fails in the copy, or null if all pass. */
async function firstFailure() {
  const cargo = await output("cargo", ["test", "--workspace", "--locked"]);
  const failed = /^test (\S+) \.\.\. FAILED$/m.exec(cargo.text);
  if (failed) return `cargo: ${failed[1]}`;
  if (cargo.text.includes("could not compile")) throw new Failure("a mutant must compile", cargo.text);
  if (cargo.code !== 0) return "cargo: the tests abort";
  const built = await output(process.execPath, ["scripts/build.mjs"]);
  if (built.code !== 0) throw new Failure("a mutant must build", built.text);
  const report = join(copy, ".tools", "vitest.json");
  rmSync(report, { force: true });
  const reporter = ["--reporter=json", `--outputFile.json=${report}`];
  // The list of mutants asks for the text that a mutant has changed: its test notices each of them.
  const options = ["--project", "fast", "--exclude", "test/mutants.test.mjs", "--bail=1", ...reporter];
  const vitest = await output("node_modules/.bin/vitest", ["run", ...options]);
  if (vitest.code === 0) return null;
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  for (const { name, assertionResults } of testResults) {
    const failure = assertionResults.find(({ status }) => status === "failed");
    if (failure) return `${name.slice(name.lastIndexOf("/") + 1)}: ${failure.fullName}`;
  }
  return "vitest: a file that does not load";
}

/** Runs a command in the copy. */
function output(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: copy, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text }));
  });
}
