/** Browsers that playwright drives. */

import { withPage } from "../page.mjs";

/**
 * Opens the page in a browser of its own.
 *
 * @param {import("playwright-core").BrowserType} type
 * @param {import("playwright-core").LaunchOptions} options
 * @param {import("../hosts.mjs").Where} where
 * @param {string} [policy]
 * @returns {Promise<import("../hosts.mjs").Report>}
 */
export const runInBrowser = (type, options, { app, signal }, policy) =>
  withPage(
    app,
    async (url) => {
      // Browsers leave folders at home.
      const browser = await type.launch({ env: { ...process.env, HOME: app }, ...options });
      signal.addEventListener("abort", () => browser.close());
      try {
        signal.throwIfAborted();
        const page = await browser.newPage();
        const messages = [];
        page.on("console", (message) => messages.push(message.text()));
        page.on("pageerror", (error) => messages.push(String(error)));
        await page.goto(url);
        const report = /** @type {{}} */ (await page.evaluate("report"));
        return /** @type {import("../hosts.mjs").Report} */ ({ version: browser.version(), messages, ...report });
      } finally {
        await browser.close();
      }
    },
    policy,
  );
