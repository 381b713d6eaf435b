/**
 * `npm run test:demo [-- name…]`: builds the demo, serves it, and does in Chromium and in Firefox ESR what a visitor would
 * do. With `--screenshots` it leaves pictures of the page, wide and narrow, light and dark, in `.tools/demo`.
 */

import { mkdirSync } from "node:fs";
import { chromium, firefox } from "playwright-core";
import { buildSite, SITE } from "../../examples/demo/build.mjs";
import { serve } from "../../examples/demo/serve.mjs";
import { Failure } from "../../scripts/lib/exec.mjs";
import { explain, main } from "../../scripts/lib/main.mjs";
import { inTools } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { needChromium } from "../../scripts/setup/chromium.mjs";
import { needFirefox } from "../../scripts/setup/firefox.mjs";
import { takeScreenshots } from "./screenshots.mjs";
import { VISITS } from "./visits.mjs";

const BROWSERS = [
  { name: "chromium", type: chromium, need: needChromium, options: { args: ["--no-sandbox"] } },
  { name: "firefox", type: firefox, need: needFirefox, options: { channel: "moz-firefox" } },
];

await main(async () => {
  const words = process.argv.slice(2);
  const names = words.filter((word) => word !== "--screenshots");
  const chosen = BROWSERS.filter(({ name }) => names.length === 0 || names.includes(name));
  if (chosen.length === 0)
    throw new Failure(`none of ${BROWSERS.map(({ name }) => name).join(", ")} is called ${names}`);
  await buildSite();
  const { server, url } = await serve(SITE);
  const home = inTools("demo");
  mkdirSync(home, { recursive: true });
  let failures = 0;
  for (const { name, type, need, options } of chosen) {
    // Browsers leave folders at home.
    const env = { ...process.env, HOME: home };
    const browser = await type.launch({ ...options, executablePath: await need(), env });
    try {
      for (const [title, visit] of VISITS) failures += await pay(`${name}: ${title}`, browser, url, visit);
      if (words.includes("--screenshots")) await takeScreenshots(browser, url, inTools("demo", name));
    } finally {
      await browser.close();
    }
  }
  server.close();
  return failures === 0 ? 0 : 1;
});

/** Opens the page and has `visit` use it; resolves to the number of failures. What the console says is one. */
async function pay(title, browser, url, visit) {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  try {
    await step(title, async () => {
      await page.goto(url);
      await visit(page);
      if (said.length > 0) throw new Failure(`the console says: ${said.join("; ")}`);
    });
    return 0;
  } catch (error) {
    explain(error);
    return 1;
  } finally {
    await page.close();
  }
}
