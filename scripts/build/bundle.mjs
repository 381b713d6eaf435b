/**
 * TypeScript → `dist/`, twice: one module for each source, for bundlers (`module`, and `workerd` and `edge-light`, which
 * always have one), which leave out those that nobody asked for; and in `dist/bundled/` the entries with few modules
 * between them, for hosts, where each costs up to a millisecond, and for what is built for Node. With them come
 * declarations and the kernel's module.
 *
 * What entries share stays shared, so that all of a program have one `instance.ts` and with it one kernel. The
 * bytes are bundled into the module that imports them.
 */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Failure, run } from "../lib/exec.mjs";
import { inRoot } from "../lib/paths.mjs";
import { hashFiles, isFresh, writeStamp } from "../lib/stamp.mjs";
import { all, step } from "../lib/step.mjs";
import { emptyFolder, swapIn } from "../lib/swap.mjs";

const PRODUCT = "dist";
/** The entries of package.json that hosts import without a bundler; workerd and Vercel's edge always have one. */
const ENTRIES = ["inline", "slim", "checkpoint/index", "checkpoint/node", "checkpoint/browser", "checkpoint/torch"];
const SOURCES = ["ts", "tsconfig.json", "tsconfig.build.json", "package-lock.json", "scripts/build/bundle.mjs"];

/** Builds what is out of date. */
export async function buildBundle() {
  const stamp = { name: "bundle", inputs: hashFiles(...SOURCES), product: PRODUCT };
  if (isFresh(stamp)) return;
  await step("TypeScript", async () => {
    const folder = emptyFolder("dist");
    await all(writeModules(folder), writeBundled(folder), writeDeclarations(folder));
    cpSync(inRoot("ts/wasm/generated/adam_wasm_bg.wasm"), join(folder, "kernel.wasm"));
    swapIn(folder, inRoot(PRODUCT));
  });
  writeStamp(stamp);
}

/** A module for each source. */
function writeModules(folder) {
  const sources = readdirSync(inRoot("ts"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !file.includes("generated/"),
  );
  return writeBundle(folder, {
    entryPoints: sources.map((file) => `ts/${file}`),
    outdir: PRODUCT,
    plugins: [keepModules],
  });
}

/** The entries, and what they share. Names are kept: they are read in stack traces. */
function writeBundled(folder) {
  return writeBundle(folder, {
    entryPoints: ENTRIES.map((entry) => `ts/${entry}.ts`),
    outdir: `${PRODUCT}/bundled`,
    splitting: true,
    chunkNames: "shared-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    // Node 20 prints the whole line in which an error was thrown.
    lineLimit: 160,
  });
}

async function writeBundle(folder, options) {
  const { build } = await import("esbuild");
  try {
    const { outputFiles } = await build({
      absWorkingDir: inRoot(),
      outbase: "ts",
      // `outdir` is where paths in source maps start from; nothing is written there yet.
      write: false,
      bundle: true,
      external: ["node:*"],
      format: "esm",
      target: "es2022",
      charset: "utf8",
      sourcemap: "linked",
      logLevel: "silent",
      ...options,
    });
    for (const { path, contents } of outputFiles) {
      const file = join(folder, relative(inRoot(PRODUCT), path));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, contents);
    }
  } catch (error) {
    throw new Failure("esbuild cannot build ts/", error.message);
  }
}

const keepModules = {
  name: "keep-modules",
  setup(build) {
    build.onResolve({ filter: /^\.\.?\// }, ({ kind, path }) =>
      kind === "entry-point" || path.includes("/generated/") ? undefined : { path, external: true },
    );
  },
};

async function writeDeclarations(folder) {
  await run("declarations", [inRoot("node_modules/.bin/tsc"), "-p", "tsconfig.build.json", "--outDir", folder]);
  // Bundled, so nothing may point there.
  rmSync(join(folder, "wasm", "generated"), { recursive: true, force: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".d.ts") && /["'][^"']*\/generated\//.test(readFileSync(join(folder, file), "utf8"))) {
      throw new Failure(`${file} shows types of ts/wasm/generated, which is not published: declare them in the source`);
    }
  }
}
