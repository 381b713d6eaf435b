/** The package in a page: bundled and minified as applications do it, in Chromium. */

import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node, ROOT } from "../support/child.js";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

const PROGRAM = `
import * as adam from "adam-wasm";
import { run } from "./test/support/scenario.mjs";
globalThis.result = run({ ...adam });
`;

interface Result {
  readonly backend: { readonly kind: string; readonly reason: string | null };
  readonly digest: string;
}

let server: Server;
let origin: string;
let script: string;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no Chromium at ${CHROMIUM}: run "npm run build", which installs it, or set CHROMIUM_PATH.`,
    );
  }
  const stdin = { contents: PROGRAM, resolveDir: ROOT };
  const { outputFiles, warnings } = await build({ stdin, bundle: true, minify: true, format: "iife", write: false });
  expect(warnings).toEqual([]);
  script = outputFiles[0].text;
  server = createServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url ?? "/", "http://localhost");
    const policy = searchParams.get("policy");
    if (policy !== null) response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", pathname === "/bundle.js" ? "text/javascript" : "text/html");
    response.end(
      pathname === "/bundle.js"
        ? script
        : '<!doctype html><link rel="icon" href="data:,"><script src="/bundle.js"></script>',
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server?.close();
});

/** Opens the page and waits for the scenario. */
async function runInPage(
  browser: Browser,
  policy?: string,
): Promise<Result & { readonly messages: readonly string[] }> {
  const page = await browser.newPage();
  const messages: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(String(error)));
  await page.goto(policy === undefined ? origin : `${origin}/?policy=${encodeURIComponent(policy)}`);
  const result = (await page.evaluate("result")) as Result;
  await page.close();
  return { ...result, messages };
}

async function withBrowser<T>(args: readonly string[], use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...args] });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

const here = () => JSON.parse(node(["test/programs/scenario.mjs"]).stdout) as Result;
const warning = expect.stringMatching(
  /^adam-wasm: WebAssembly SIMD cannot run here \(.*\); plain JavaScript does the same/,
);

describe("a bundle in Chromium", () => {
  test("trains in WebAssembly, with the bits of Node and nothing on the console", async () => {
    const result = await withBrowser([], (browser) => runInPage(browser));
    expect(result).toEqual({ ...here(), messages: [] });
    expect(result.backend.kind).toBe("wasm");
  });

  test("obeys a policy that forbids WebAssembly, and one that allows it", async () => {
    await withBrowser([], async (browser) => {
      const forbidden = await runInPage(browser, "script-src 'self'");
      expect(forbidden).toMatchObject({ backend: { kind: "js" }, digest: here().digest });
      expect(forbidden.messages).toContainEqual(warning);
      const allowed = await runInPage(browser, "script-src 'self' 'wasm-unsafe-eval'");
      expect(allowed).toEqual({ ...here(), messages: [] });
    });
  });

  test.each(["--js-flags=--no-enable-sse4-1", "--js-flags=--jitless"])(
    "goes on without SIMD or WebAssembly: %s",
    async (flag) => {
      const result = await withBrowser([flag], (browser) => runInPage(browser));
      expect(result).toMatchObject({ backend: { kind: "js" }, digest: here().digest, messages: [warning] });
    },
  );
});
