/** What visitors do with the demo, and what they must find. Controls are found as a screen reader finds them. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const field = (page, name) => page.getByRole("spinbutton", { name, exact: true });
const text = (page, id) => page.locator(`#${id}`).textContent();

/** Waits until an element's text is such. */
const textIs = (page, id, pattern) =>
  page.locator(`#${id}`).filter({ hasText: pattern }).waitFor({ state: "attached" });

/** Presses Train and waits until it has been through all epochs. */
export async function train(page) {
  await button(page, "Train").click();
  await button(page, "Pause").waitFor();
  await button(page, "Train").waitFor();
}

/** Draws strokes, each a list of places in the box from 0 to 1, with the mouse. */
export async function draw(page, strokes) {
  const box = page.getByRole("application", { name: "Drawing box" });
  await box.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await box.boundingBox();
  for (const [first, ...rest] of strokes) {
    await page.mouse.move(x + first[0] * width, y + first[1] * height);
    await page.mouse.down();
    for (const [across, down] of rest) await page.mouse.move(x + across * width, y + down * height, { steps: 3 });
    await page.mouse.up();
  }
}

const arc = ([x, y], [rx, ry], from, to) =>
  Array.from({ length: 17 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 16) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });

/** Digits as people write them; anywhere in the box, and of any size. */
export const DRAWINGS = {
  0: [arc([0.5, 0.5], [0.22, 0.38], -90, 270)],
  3: [[...arc([0.3, 0.3], [0.12, 0.1], -150, 90), ...arc([0.3, 0.5], [0.13, 0.11], -90, 140)]],
  7: [
    [
      [0.28, 0.15],
      [0.72, 0.15],
      [0.42, 0.9],
    ],
    [
      [0.36, 0.5],
      [0.68, 0.5],
    ],
  ],
};

async function trainsAndReads(page) {
  const before = await page.locator("#weights").evaluate((canvas) => canvas.toDataURL());
  await train(page);
  assert.equal(await text(page, "epoch"), "60");
  assert.equal(await text(page, "kernel"), "WebAssembly SIMD");
  const best = Number.parseFloat(await text(page, "best"));
  assert.ok(best >= 92, `it reads ${best} % of the test digits`);
  assert.ok(Number(await text(page, "loss")) < 0.01);
  assert.match(await text(page, "news"), /^Training has stopped: \d+\.\d % of the test digits are read\.$/);
  await page.getByRole("img", { name: / read by epoch: \d+(\.\d)? % at epoch 60$/ }).waitFor();
  assert.notEqual(await page.locator("#weights").evaluate((canvas) => canvas.toDataURL()), before);

  for (const [digit, strokes] of Object.entries(DRAWINGS)) {
    await draw(page, strokes);
    await textIs(page, "reading", new RegExp(`^It reads ${digit} \\(\\d+ %\\)\\.$`));
    assert.equal(await text(page, "digit"), digit);
    await button(page, "Clear").click();
    assert.equal(await text(page, "digit"), "?");
  }
}

async function writesWithTheKeyboard(page) {
  await train(page);
  await page.getByRole("application", { name: "Drawing box" }).focus();
  await page.keyboard.press("Space");
  await textIs(page, "reading", "Pen down");
  for (let i = 0; i < 16; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await textIs(page, "reading", /^It reads 1 /);
  await page.keyboard.press("Delete");
  assert.equal(await text(page, "digit"), "?");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate("document.activeElement.id"), "clear");
}

async function readsTestDigits(page) {
  await train(page);
  let right = 0;
  for (let i = 0; i < 10; i++) {
    await button(page, "Test digit").click();
    await textIs(page, "reading", /^It reads \d \(\d+ %\)\. It is \d\.$/);
    const [read, truth] = (await text(page, "reading")).match(/\b\d\b/g);
    right += Number(read === truth);
    await button(page, "Clear").click();
    await textIs(page, "reading", /^$/);
  }
  assert.ok(right >= 7, `it reads ${right} of 10 test digits`);
}

/** Types a number over what is in a field, and a key that says it is finished. */
async function type(page, name, number, key) {
  await field(page, name).press("ControlOrMeta+a");
  await field(page, name).pressSequentially(number);
  await field(page, name).press(key);
}

async function changesSettings(page) {
  await button(page, "Train").click();
  await textIs(page, "epoch", /^[1-9]/);
  await type(page, "Learning rate", "-1", "Enter");
  await page.getByRole("alert").filter({ hasText: "Invalid learning rate: -1" }).waitFor();
  await type(page, "Learning rate", "0.003", "Tab");
  await type(page, "Beta 1", "1.5", "Tab");
  await page.getByRole("alert").filter({ hasText: "Invalid beta parameter at index 0: 1.5" }).waitFor();
  await page.getByRole("combobox", { name: "Rule" }).selectOption("SGD");
  assert.equal(await field(page, "Learning rate").inputValue(), "0.1");
  assert.equal(await field(page, "Beta 1").count(), 0);
  assert.equal(await field(page, "Momentum").inputValue(), "0.9");
  await button(page, "Train").waitFor();
  assert.equal(await text(page, "refusal"), "");
  assert.ok(Number.parseFloat(await text(page, "best")) >= 90);
}

async function pausesAndStartsAgain(page) {
  await button(page, "Train").click();
  await textIs(page, "epoch", /^[1-9]/);
  await button(page, "Pause").click();
  await button(page, "Train").waitFor();
  await textIs(page, "news", /^Training has stopped/);
  const epoch = await text(page, "epoch");
  await sleep(300);
  assert.equal(await text(page, "epoch"), epoch);
  await button(page, "Start again").click();
  await textIs(page, "epoch", /^0$/);
  assert.equal(await text(page, "loss"), "–");
}

async function fitsAPhone(page) {
  await page.setViewportSize({ width: 390, height: 844 });
  await train(page);
  await draw(page, DRAWINGS[3]);
  await textIs(page, "reading", /^It reads 3 /);
  const beside = await page.locator("html").evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  assert.equal(beside, 0, "the page scrolls sideways");
  for (const control of await page.locator("button, input:visible, select").all()) {
    const { height } = await control.boundingBox();
    assert.ok(height >= 44, "a finger hits nothing lower than 44 pixels");
  }
}

const FACTS = ["epoch", "loss", "accuracy", "best"];
const facts = (page) => Promise.all(FACTS.map((id) => text(page, id)));

/** Trains some epochs of SGD, with another momentum; resolves to what the page says then. */
async function trainWithSgd(page) {
  await page.getByRole("combobox", { name: "Rule" }).selectOption("SGD");
  await type(page, "Momentum", "0.8", "Tab");
  await button(page, "Train").click();
  await textIs(page, "epoch", /^[3-9]/);
  await button(page, "Pause").click();
  // An epoch may have been on its way.
  await textIs(page, "news", /^Training has stopped/);
  return facts(page);
}

/** Waits for a resumed training, which must be the one that was kept, and goes on with it. */
async function goesOn(page, before) {
  await textIs(page, "kept", `Resumed after epoch ${before[0]}.`);
  assert.deepEqual(await facts(page), before);
  assert.equal(await page.getByRole("combobox", { name: "Rule" }).inputValue(), "sgd");
  assert.equal(await field(page, "Momentum").inputValue(), "0.8");
  await page.getByRole("img", { name: new RegExp(`^Loss by epoch: .* at epoch ${before[0]}$`) }).waitFor();
  await train(page);
  assert.equal(await text(page, "epoch"), String(Number(before[0]) + 60));
  assert.ok(Number(await text(page, "loss")) < Number(before[1]) / 2, "it has learnt on");
}

/** Saves, closes the page and opens it again, and resumes: with the keyboard. */
async function savesAndResumes(page, title) {
  await textIs(page, "kept", `There is no training in ${title}.`);
  const before = await trainWithSgd(page);
  await button(page, "Save").press("Enter");
  await textIs(page, "kept", `Saved after epoch ${before[0]} in ${title}.`);
  await page.reload();
  await textIs(page, "kept", `There is a training in ${title}.`);
  assert.deepEqual(await facts(page), ["0", "–", "–", "–"]);
  await button(page, "Resume").press("Space");
  await goesOn(page, before);
}

const resumesFromFiles = (page) => savesAndResumes(page, "this browser");

async function resumesFromTheDatabase(page) {
  await page.addInitScript("delete FileSystemFileHandle.prototype.createWritable");
  await page.reload();
  await savesAndResumes(page, "this browser's database, as it has no private files");
}

async function downloadsAndOpens(page) {
  await page.addInitScript("navigator.storage.getDirectory = () => Promise.reject(new Error('no'))");
  await page.addInitScript("IDBFactory.prototype.open = () => { throw new Error('no'); }");
  await page.reload();
  await textIs(page, "kept", "This browser keeps nothing: download the training instead.");
  assert.equal(await button(page, "Save").isDisabled(), true);
  const before = await trainWithSgd(page);
  const [file] = await Promise.all([page.waitForEvent("download"), button(page, "Download").click()]);
  assert.equal(file.suggestedFilename(), "digits.safetensors");
  const path = await file.path();
  await page.reload();
  await open(page, readFileSync(path).subarray(0, 1000));
  await textIs(page, "kept", /^the header should have \d+ bytes, .* \(header-length\)$/);
  assert.equal(await text(page, "epoch"), "0");
  await open(page, readFileSync(path));
  await goesOn(page, before);
}

async function open(page, buffer) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button(page, "Open file").click()]);
  await chooser.setFiles({ name: "digits.safetensors", mimeType: "application/octet-stream", buffer });
}

/** What the page, the box and the weights look like. */
const looks = (page) =>
  page.evaluate(() => [
    getComputedStyle(document.body).backgroundColor,
    ...[...document.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()),
  ]);

async function followsTheSystem(page) {
  await button(page, "Train").waitFor();
  const light = await looks(page);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await page.waitForFunction("getComputedStyle(document.body).backgroundColor === 'rgb(15, 19, 24)'");
  await sleep(300);
  const dark = await looks(page);
  for (const [i, look] of light.entries()) assert.notEqual(dark[i], look);
  const bar = page.locator("#bars li").first();
  assert.equal(await bar.evaluate((item) => getComputedStyle(item, "::before").transitionDuration), "0s");
}

/** Titles and visits, and the one browser whose downloads we see, and whose system we can change. */
export const VISITS = [
  ["trains to 92 % and reads what is drawn", trainsAndReads],
  ["takes digits from the keyboard", writesWithTheKeyboard],
  ["shows test digits", readsTestDigits],
  ["takes other settings, and refuses bad ones", changesSettings],
  ["pauses and starts again", pausesAndStartsAgain],
  ["is saved, closed, opened and resumed", resumesFromFiles],
  ["is saved in a database where there are no private files", resumesFromTheDatabase],
  ["is downloaded and opened where nothing can be kept", downloadsAndOpens, "chromium"],
  ["fits a phone", fitsAPhone],
  ["follows the system's colours and wish for less motion", followsTheSystem, "chromium"],
];
