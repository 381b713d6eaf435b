/** The package in a page: bundled and minified as applications do it, in Chromium. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node } from "../support/child.js";
import { launchChromium, servePage } from "../support/chromium-page.js";

const PROGRAM = `
import * as adam from "adam-wasm";
import { run } from "./test/support/scenario.mjs";
globalThis.result = run({ ...adam });
`;

interface Result {
  readonly backend: { readonly kind: string; readonly reason: string | null };
  readonly digest: string;
}

let page: Awaited<ReturnType<typeof servePage>>;

beforeAll(async () => {
  page = await servePage(PROGRAM);
});
afterAll(() => page?.close());

/** Opens the page and waits for the scenario. */
async function runInPage(
  browser: Browser,
  policy?: string,
): Promise<Result & { readonly messages: readonly string[] }> {
  const opened = await browser.newPage();
  const messages: string[] = [];
  opened.on("console", (message) => messages.push(message.text()));
  opened.on("pageerror", (error) => messages.push(String(error)));
  await opened.goto(policy === undefined ? page.origin : `${page.origin}/?policy=${encodeURIComponent(policy)}`);
  const result = (await opened.evaluate("result")) as Result;
  await opened.close();
  return { ...result, messages };
}

async function withBrowser<T>(args: readonly string[], use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await launchChromium(args);
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
