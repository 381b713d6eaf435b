/**
 * The bundlers: how each builds a project (see project.mjs), and where its output runs.
 *
 * `build` leaves what it made in `project.out`. `results` resolves to what the output computed, once for each place in
 * which it runs; `copies` is how many kernels there must be, 1 unless the output is for several places, null if there is
 * no output; `hasSize` is false where the bundler's own runtime is most of it.
 */

import { join } from "node:path";
import { atAddress, fromServer, inNode, inPage, inWorkerd } from "./hosts.mjs";

const esbuild = (project, ...flags) =>
  project.tool("esbuild", "app.mjs", "--bundle", "--minify", "--outfile=out/app.mjs", ...flags);
const page = async (project, { chromium }) => [await inPage(chromium, project.out)];

export const BUNDLERS = [
  {
    name: "esbuild",
    package: "esbuild",
    place: "Chromium",
    build: async (project) => {
      await esbuild(project, "--format=esm");
      project.copy("index.html", "out/index.html");
    },
    results: page,
  },
  {
    name: "esbuild, iife",
    package: "esbuild",
    place: "Chromium",
    build: async (project) => {
      await esbuild(project, "--target=es2022");
      project.copy("index.html", "out/index.html");
    },
    results: page,
  },
  {
    name: "esbuild, node",
    package: "esbuild",
    place: "Node",
    build: (project) => esbuild(project, "--platform=node", "--format=esm"),
    results: async (project) => [await inNode(join(project.out, "app.mjs"))],
  },
  {
    name: "Vite build",
    package: "vite",
    place: "Chromium",
    build: (project) => project.tool("vite", "build", "--outDir", "out", "--logLevel", "warn"),
    results: page,
  },
  {
    name: "Vite dev",
    package: "vite",
    place: "Chromium",
    build: async () => {},
    results: async (project, { chromium }) => {
      const { createServer } = await project.load("vite/dist/node/index.js");
      const server = await createServer({ root: project.path, logLevel: "error", server: { host: "127.0.0.1" } });
      try {
        await server.listen();
        return [await atAddress(chromium, server.resolvedUrls.local[0])];
      } finally {
        await server.close();
      }
    },
    copies: null,
  },
  {
    name: "Rollup",
    package: "rollup",
    place: "Chromium",
    build: async (project) => {
      const plugins = ["@rollup/plugin-node-resolve", "@rollup/plugin-terser"].flatMap((name) => ["--plugin", name]);
      await project.tool("rollup", "app.mjs", "--format", "es", "--file", "out/app.mjs", "--silent", ...plugins);
      project.copy("index.html", "out/index.html");
    },
    results: page,
  },
  {
    name: "webpack",
    package: "webpack",
    place: "Chromium",
    build: async (project) => {
      const entry = ["--mode", "production", "--entry", "./app.mjs"];
      await project.tool("webpack", ...entry, "--output-path", "out", "--output-filename", "app.mjs");
      project.copy("index.html", "out/index.html");
    },
    results: page,
  },
  {
    name: "Parcel",
    package: "parcel",
    place: "Chromium",
    // Its cache goes by the times of files, which are the same in every tarball.
    build: (project) =>
      project.tool("parcel", "build", "index.html", "--dist-dir", "out", "--no-source-maps", "--no-cache"),
    results: page,
  },
  {
    name: "Next",
    package: "next",
    place: "Node, edge-light",
    build: async (project) => {
      project.write("next.config.mjs", `export default { distDir: "out" };`);
      for (const host of ["node", "edge"]) {
        for (const file of ["app.mjs", "run.mjs"]) project.copy(file, `app/${host}/${file}`);
        project.copy(`${host}-route.mjs`, `app/${host}/route.js`);
      }
      await project.tool("next", "build");
    },
    results: (project) =>
      fromServer(project.command("next", "start", "-H", "127.0.0.1", "-p", "0"), ["/node", "/edge"]),
    copies: 2,
    hasSize: false,
  },
  {
    name: "wrangler",
    package: "wrangler",
    place: "workerd",
    build: async (project) => {
      project.write(
        "wrangler.json",
        JSON.stringify({ name: "app", main: "worker.mjs", compatibility_date: "2026-04-01" }),
      );
      await project.tool("wrangler", "deploy", "--dry-run", "--minify", "--outdir", "out");
    },
    results: async (project) => [
      await inWorkerd(await project.load("miniflare/dist/src/index.js"), project.out, "worker.js"),
    ],
  },
];
