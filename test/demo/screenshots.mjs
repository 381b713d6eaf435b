/** Pictures of the page after a training, to be looked at. */

import { DRAWINGS, draw, train } from "./visits.mjs";

const SIZES = [
  { name: "wide", width: 1280, height: 900 },
  { name: "narrow", width: 390, height: 844 },
];

/** Leaves `<file>-<size>-<scheme>.png` for each. */
export async function takeScreenshots(browser, url, file) {
  for (const { name, ...viewport } of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport, colorScheme });
      await page.goto(url);
      await train(page);
      await draw(page, DRAWINGS[3]);
      await page.locator("#reading").filter({ hasText: "It reads" }).waitFor();
      await page.screenshot({ path: `${file}-${name}-${colorScheme}.png`, fullPage: true });
      await page.close();
    }
  }
}
