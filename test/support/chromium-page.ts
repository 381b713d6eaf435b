/** A program in a page of Chromium, bundled and minified as applications do it. */

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { expect } from "vitest";
import { ROOT } from "./child.js";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const PAGE = '<!doctype html><link rel="icon" href="data:,"><script src="/bundle.js"></script>';

/** Starts a browser, with these arguments besides. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  if (existsSync(CHROMIUM)) return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...args] });
  throw new Error(`There is no Chromium at ${CHROMIUM}: run "npm test", which installs it, or set CHROMIUM_PATH.`);
}

/** Serves the page; what stands behind `?policy=` becomes its Content-Security-Policy. */
export async function servePage(program: string): Promise<{ readonly origin: string; close(): void }> {
  const stdin = { contents: program, resolveDir: ROOT };
  const { outputFiles, warnings } = await build({ stdin, bundle: true, minify: true, format: "iife", write: false });
  expect(warnings).toEqual([]);
  const server = createServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url ?? "/", "http://localhost");
    const policy = searchParams.get("policy");
    if (policy !== null) response.setHeader("Content-Security-Policy", policy);
    const [type, body] = pathname === "/bundle.js" ? ["text/javascript", outputFiles[0].text] : ["text/html", PAGE];
    response.setHeader("Content-Type", type).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
