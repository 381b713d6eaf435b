/** Pictures of the page after a training, to be looked at. */

import { join } from "node:path";
import { DRAWINGS, draw, train } from "./visits.mjs";

const SIZES = [
  { name: "wide", width: 1280, height: 900 },
  { name: "narrow", width: 390, height: 844 },
];

/** Leaves `<size>-<scheme>.png` for each in a folder. */
export async function takeScreenshots(browser, url, folder) {
  for (const { name, ...viewport } of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport, colorScheme });
      await page.goto(url);
      await train(page);
      await draw(page, DRAWINGS[3]);
      await page.locator("#reading").filter({ hasText: "It reads" }).waitFor();
      await page.getByRole("button", { name: "Save" }).click();
      await page.locator("#kept").filter({ hasText: "Saved" }).waitFor();
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true });
      await page.close();
    }
  }
}
