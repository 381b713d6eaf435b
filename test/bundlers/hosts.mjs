/** Where outputs run. Each resolves to the program's result; what a page says on its console is an error. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { Failure } from "../../scripts/lib/exec.mjs";

/** The page of a folder, in Chromium, without a server. */
export const inPage = (chromiumPath, folder) =>
  withPage(chromiumPath, async (page) => {
    // A secure context, as Web Crypto wants one.
    await page.route("https://app.test/**", (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(folder, pathname === "/" ? "index.html" : pathname) });
    });
    return "https://app.test/";
  });

/** The page at an address, in Chromium. */
export const atAddress = (chromiumPath, url) => withPage(chromiumPath, async () => url);

async function withPage(executablePath, prepare) {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const said = [];
    page.on("console", (message) => message.type() !== "debug" && said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.goto(await prepare(page));
    await page.waitForFunction("globalThis.result !== undefined").catch(() => {
      throw new Failure(`the page computed nothing, and said: ${said.join("; ") || "nothing"}`);
    });
    const result = await page.evaluate("result");
    if (said.length > 0) throw new Failure(`the page said: ${said.join("; ")}`);
    return result;
  } finally {
    await browser.close();
  }
}

/** A program in Node. */
export async function inNode(file) {
  const code = `await import(${JSON.stringify(file)}); console.log(JSON.stringify(await globalThis.result))`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const [status] = await once(child, "close");
  if (status !== 0) throw new Failure(`the program ended with ${status}`);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** What a worker in workerd answers to a request. */
export async function inWorkerd({ Miniflare }, folder, file, request = {}) {
  const worker = new Miniflare({
    modules: true,
    modulesRoot: folder,
    scriptPath: join(folder, file),
    modulesRules: [
      { type: "ESModule", include: ["**/*.js"] },
      { type: "CompiledWasm", include: ["**/*.wasm"] },
    ],
    compatibilityDate: "2026-04-01",
    cf: false,
    host: "127.0.0.1",
  });
  try {
    return await (await worker.dispatchFetch("http://worker.test/", request)).json();
  } finally {
    await worker.dispose();
  }
}

/** The answers of a server to requests for `paths`; it says its port when it is ready. */
export async function fromServer({ program, args, options }, paths) {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  try {
    const url = await new Promise((resolve, reject) => {
      let text = "";
      const read = (chunk) => {
        text += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
        if (found !== null && /ready/i.test(text)) resolve(found[0]);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("error", reject);
      child.on("close", () => reject(new Failure("the server ended by itself", text)));
    });
    return await Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).json()));
  } finally {
    child.kill();
  }
}
