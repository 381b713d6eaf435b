/** Checkpoints in files: whole under their name, or not there. */

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Adam, Parameter } from "adam-wasm";
import { save } from "adam-wasm/checkpoint";
import { folder, loadFile, saveFile } from "adam-wasm/checkpoint/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "adam-wasm-files-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

function parts() {
  const weight = Parameter.from([1, 2, 3]);
  const optimizer = new Adam([weight]);
  weight.grad = [1, -1, 0.5];
  optimizer.step();
  return { model: { weight }, optimizer };
}

describe("saveFile", () => {
  test("writes what save makes, and loadFile reads and restores it", async () => {
    const [saved, other] = [parts(), parts()];
    const path = join(root, "a.safetensors");
    await saveFile(path, { ...saved, epoch: 3 });
    expect(new Uint8Array(readFileSync(path))).toEqual(save({ ...saved, epoch: 3 }));
    expect(readdirSync(root)).toEqual(["a.safetensors"]);
    other.optimizer.step();
    const loaded = await loadFile<{ epoch: number }>(path, other);
    expect(loaded.epoch).toBe(3);
    expect(other.optimizer.stateDict()).toEqual(saved.optimizer.stateDict());
    expect(other.model.weight.data).toEqual(saved.model.weight.data);
  });

  test("takes the state when it is called: training goes on meanwhile", async () => {
    const { model, optimizer } = parts();
    const path = join(root, "a.safetensors");
    const expected = save({ model, optimizer });
    const saving = saveFile(path, { model, optimizer });
    optimizer.step();
    await saving;
    expect(new Uint8Array(readFileSync(path))).toEqual(expected);
  });

  test("replaces a file, also if many are saved at once: one of them is there in the end", async () => {
    const path = join(root, "a.safetensors");
    await Promise.all(Array.from({ length: 20 }, (_, i) => saveFile(path, { i })));
    expect(await loadFile(path)).toEqual({ i: expect.any(Number) });
    expect(readdirSync(root)).toEqual(["a.safetensors"]);
  });

  test("what a killed program of the same id has left is in nobody's way, and stays", async () => {
    const left = Array.from({ length: 100 }, (_, i) => `.a.safetensors.${process.pid}-${i}.tmp`);
    for (const name of left) writeFileSync(join(root, name), "");
    await saveFile(join(root, "a.safetensors"), { i: 1 });
    expect(await loadFile(join(root, "a.safetensors"))).toEqual({ i: 1 });
    expect(readdirSync(root).sort()).toEqual([...left, "a.safetensors"].sort());
  });

  test("writes through a symbolic link, and replaces one that leads nowhere", async () => {
    mkdirSync(join(root, "disk"));
    const [path, target] = [join(root, "a.safetensors"), join(root, "disk", "b.safetensors")];
    writeFileSync(target, "old");
    symlinkSync(target, path);
    await saveFile(path, { i: 1 });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(await loadFile(target)).toEqual({ i: 1 });
    rmSync(target);
    await saveFile(path, { i: 2 });
    expect(await loadFile(path)).toEqual({ i: 2 });
    expect([readdirSync(root), readdirSync(join(root, "disk"))]).toEqual([["a.safetensors", "disk"], []]);
  });

  test("keeps a file from those who could not read the old one", async () => {
    const path = join(root, "a.safetensors");
    for (const mode of [0o600, 0o400]) {
      await saveFile(path, { mode });
      chmodSync(path, mode);
      await saveFile(path, { mode });
      expect(statSync(path).mode & 0o777).toBe(mode);
    }
    expect(await loadFile(path)).toEqual({ mode: 0o400 });
  });

  describe("on a file system", () => {
    /** A sync of folders, and with `files` of files too, that fails with `code`. */
    async function failing(code: string, files: boolean) {
      const handle = await open(root);
      const sync = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, "sync");
      await handle.close();
      sync.mockImplementation(async function (this: FileHandle) {
        if (files || (await this.stat()).isDirectory()) throw Object.assign(new Error(code), { code });
      });
      return sync;
    }
    const path = () => join(root, "a.safetensors");

    test("that cannot wait for folders, saves all the same", async () => {
      const sync = await failing("EINVAL", false);
      await saveFile(path(), { i: 1 });
      expect(sync).toHaveBeenCalledTimes(process.platform === "win32" ? 1 : 2);
      expect(await loadFile(path())).toEqual({ i: 1 });
    });

    test("that fails, rejects with its error, and leaves what was there", async () => {
      await saveFile(path(), { i: 1 });
      await failing("EIO", true);
      await expect(saveFile(path(), { i: 2 })).rejects.toMatchObject({ code: "EIO" });
      expect(await loadFile(path())).toEqual({ i: 1 });
      expect(readdirSync(root)).toEqual(["a.safetensors"]);
    });
  });

  test.each([
    ["a folder that is not there", "missing/a.safetensors", "ENOENT"],
    ["a name that is a folder's", "taken", "EISDIR"],
  ])("rejects %s, and leaves nothing behind", async (_, name, code) => {
    mkdirSync(join(root, "taken"));
    writeFileSync(join(root, "taken", "file"), "");
    await expect(saveFile(join(root, name), {})).rejects.toMatchObject({ code });
    expect(readdirSync(root)).toEqual(["taken"]);
  });

  test("rejects what save refuses, before it writes anything", async () => {
    await expect(saveFile(join(root, "a"), { a: 1n })).rejects.toMatchObject({ code: "ERR_OPTION" });
    expect(readdirSync(root)).toEqual([]);
  });
});

describe("loadFile", () => {
  test("rejects a file that is not there, and one that is no checkpoint", async () => {
    await expect(loadFile(join(root, "a"))).rejects.toMatchObject({ code: "ENOENT" });
    writeFileSync(join(root, "a"), "no checkpoint");
    await expect(loadFile(join(root, "a"))).rejects.toMatchObject({ code: "ERR_CHECKPOINT" });
  });

  test("rejects a file that no memory can hold", async () => {
    writeFileSync(join(root, "a"), "");
    truncateSync(join(root, "a"), 2 ** 42);
    const message = expect.stringMatching(/^the file has 4398046511104 bytes, for which there is no memory: /);
    await expect(loadFile(join(root, "a"))).rejects.toMatchObject({ code: "ERR_OOM", message });
  });
});

describe("a folder", () => {
  test("is made by the first write, and until then is empty", async () => {
    const place = folder(join(root, "a", "b"));
    expect(await place.list()).toEqual([]);
    expect(await place.read("x")).toBeUndefined();
    await place.remove("x");
    await place.write("x", Uint8Array.of(1, 2));
    expect(await place.list()).toEqual(["x"]);
    expect(new Uint8Array((await place.read("x")) ?? [])).toEqual(Uint8Array.of(1, 2));
    await place.remove("x");
    expect(readdirSync(join(root, "a", "b"))).toEqual([]);
  });

  test("is refused at once where there is no path, and not when a checkpoint is lost", () => {
    for (const path of [undefined, null, new URL("file:///run")]) {
      const error = thrownBy(() => folder(path as never));
      expectError(error, { type: TypeError, code: "ERR_OPTION", message: /^folder takes a path, got / });
    }
  });

  test("passes on errors that say more than that nothing is there", async () => {
    writeFileSync(join(root, "file"), "");
    const place = folder(join(root, "file"));
    await expect(place.list()).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(place.read("x")).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(place.write("x", new Uint8Array())).rejects.toMatchObject({ code: "EEXIST" });
  });
});
