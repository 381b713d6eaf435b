/** Checkpoints in Chromium: as downloads, in the origin's private file system, in a database; in pages and in workers. */

import { readFileSync } from "node:fs";
import { load } from "adam-wasm/checkpoint";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, servePage } from "../support/chromium-page.js";

/** Everything the tests call, as properties of the page or worker. */
const PROGRAM = `
import { Adam, Parameter } from "adam-wasm";
import { Autosave, load, save } from "adam-wasm/checkpoint";
import { database, download, privateFolder } from "adam-wasm/checkpoint/browser";
const places = { privateFolder: () => privateFolder("run"), database: () => database("run") };
function training() {
  const weight = Parameter.from([1, 2, 3]);
  const optimizer = new Adam([weight], { lr: 0.1 });
  const step = () => { weight.grad = weight.data.map((x) => x * x); optimizer.step(); };
  return { model: { weight }, optimizer, step };
}
const kept = {};
const act = {
  async write(place, name, size) {
    kept[place] ??= places[place]();
    return kept[place].write(name, new Uint8Array(size)).then(() => "written", ({ name }) => name);
  },
  async sizes(place) {
    const sizes = {};
    for (const name of await kept[place].list()) sizes[name] = (await kept[place].read(name)).length;
    return sizes;
  },
  async train(place, from, to) {
    const { step, ...parts } = training();
    const autosave = new Autosave(places[place](), parts, { steps: 10, keep: 2 });
    const resumed = await autosave.resume();
    if (autosave.steps !== from) throw new Error("resumed at " + autosave.steps);
    for (let i = from + 1; i <= to; i++) { step(); await autosave.step({ i }); }
    return { resumed, names: [...(await places[place]().list())].sort(), weight: [...parts.model.weight.data] };
  },
  async whole(steps) {
    const { step, model } = training();
    for (let i = 0; i < steps; i++) step();
    return [...model.weight.data];
  },
  async use(place) {
    const there = places[place]();
    const result = [await there.read("x")];
    await there.remove("x");
    await there.write("x", Uint8Array.of(1, 2, 3));
    await there.write("x", Uint8Array.of(4));
    result.push([...(await there.read("x"))]);
    await there.remove("x");
    result.push(await there.read("x"));
    return result;
  },
  async download() { download("digits.safetensors", { model: training().model, epoch: 3 }); },
};
globalThis.act = act;
if (typeof document === "undefined") {
  onmessage = async ({ data: [name, ...args] }) => {
    try { postMessage({ result: await act[name](...args) }); } catch (error) { postMessage({ error: String(error) }); }
  };
} else {
  globalThis.inWorker = (...call) => new Promise((resolve, reject) => {
    const worker = new Worker("/bundle.js");
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.result));
    worker.postMessage(call);
  });
}
`;

let served: Awaited<ReturnType<typeof servePage>>;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  served = await servePage(PROGRAM);
  browser = await launchChromium();
  context = await browser.newContext();
  page = await open();
});
afterAll(async () => {
  await browser?.close();
  served?.close();
});

async function open(): Promise<Page> {
  const opened = await context.newPage();
  await opened.goto(served.origin);
  return opened;
}

/** Calls a function of the program in the page or in a worker of it. */
function call<T>(where: string, name: string, ...args: unknown[]): Promise<T> {
  const list = JSON.stringify(args).slice(1, -1);
  return page.evaluate(where === "a page" ? `act.${name}(${list})` : `inWorker("${name}", ${list})`);
}

const WHERE = ["a page", "a worker"];
const nameOf = (steps: number) => `step-${String(steps).padStart(12, "0")}.safetensors`;

describe.each(["privateFolder", "database"])("%s", (place) => {
  test.each(WHERE)("keeps bytes as a whole, in %s", async (where) => {
    expect(await call(where, "use", place)).toEqual([undefined, [4], undefined]);
  });

  test("keeps a training for the next page, and for a worker after that", async () => {
    const first = await call("a page", "train", place, 0, 25);
    expect(first).toMatchObject({ resumed: undefined, names: [nameOf(10), nameOf(20)] });
    await page.close();
    page = await open();
    const second = await call<{ weight: number[] }>("a page", "train", place, 20, 43);
    expect(second).toMatchObject({ resumed: { i: 20 }, names: [nameOf(30), nameOf(40)] });
    const third = await call<{ weight: number[] }>("a worker", "train", place, 40, 50);
    expect(third).toMatchObject({ resumed: { i: 40 }, names: [nameOf(40), nameOf(50)] });
    expect(third.weight).toEqual(await call("a page", "whole", 50));
  });
});

test("where there is no room for a file, an old one stays, and a new one is not there", async () => {
  const devtools = await context.newCDPSession(page);
  const write = (name: string, size: number) => call("a page", "write", "privateFolder", name, size);
  expect(await write("old", 1000)).toBe("written");
  const before = await call<object>("a page", "sizes", "privateFolder");
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: served.origin, quotaSize: 2_000_000 });
  for (const name of ["old", "new"]) expect(await write(name, 10_000_000)).not.toBe("written");
  expect(await call("a page", "sizes", "privateFolder")).toEqual(before);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: served.origin });
  expect(await write("new", 2000)).toBe("written");
  expect(await call("a page", "sizes", "privateFolder")).toEqual({ ...before, new: 2000 });
});

test("a database whose connections the browser has ended can be written to and read", async () => {
  const devtools = await context.newCDPSession(page);
  expect(await call("a page", "write", "database", "x", 1000)).toBe("written");
  await devtools.send("Storage.clearDataForOrigin", { origin: served.origin, storageTypes: "all" });
  expect(await call("a page", "write", "database", "y", 2000)).toBe("written");
  expect(await call("a page", "sizes", "database")).toEqual({ y: 2000 });
});

test("a download is a file that everything else reads", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), call("a page", "download")]);
  expect(download.suggestedFilename()).toBe("digits.safetensors");
  expect(load(readFileSync(await download.path()))).toEqual({
    model: { weight: { dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3) } },
    epoch: 3,
  });
});
