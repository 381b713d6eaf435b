/** The examples that need nothing but the package; `npm run test:examples` runs the others. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { node, ROOT } from "../support/child.js";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

test("node.mjs finds the cubic that is next to a sine", () => {
  expect(node(["examples/node.mjs"]).stdout).toBe(
    "sin(x) = 0.000 + 0.855x + 0.000x² - 0.093x³, mean squared error 0.0046\n",
  );
});

test("browser.html trains while it is drawn, without a bundler", async () => {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.route("https://page.test/**", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/favicon.ico") return route.fulfill({ status: 204 });
      const file = pathname.replace(/^\/node_modules\/adam-wasm\//, "").replace(/^\/(?=browser)/, "examples/");
      return route.fulfill({ path: join(ROOT, file) });
    });
    await page.goto("https://page.test/browser.html");
    await page.waitForFunction(`document.querySelector("output").value.includes("200 steps")`);
    expect(await page.textContent("p")).toBe("x² + 10y² is least at 0.00, 0.00 after 200 steps");
    expect(said).toEqual([]);
  } finally {
    await browser.close();
  }
});

test.each(["node.mjs", "browser.html", "worker.js", "deno.ts", "tfjs.mjs", "jax-js.mjs"])(
  "%s has at most 30 lines",
  (name) => {
    const lines = readFileSync(join(ROOT, "examples", name), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.length).toBeLessThanOrEqual(30);
  },
);
