/**
 * Checkpoints in the files of Node, Deno and Bun. A file is whole at every moment, whatever dies: it is written under another
 * name, forced to disk, and then takes the place of the old one.
 */

/// <reference types="node" />

import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { shown, typeError } from "../check.js";
import { load, type SaveOptions, save } from "./checkpoint.js";
import { type Place, UNFINISHED } from "./place.js";
import type { Targets } from "./restore.js";
import { bytesFor } from "./safetensors.js";

/**
 * Saves a checkpoint as a file, as {@link save} makes it. The state is taken before this returns its promise; when that is
 * fulfilled, the file survives a power cut (but not where Node's permission model forbids to wait for the disk, as from Node 26
 * on). The folder must be there; a symbolic link stays, and the file that it names is written.
 *
 * @example
 * await saveFile("digits.safetensors", { model, optimizer, epoch });
 */
export async function saveFile(
  path: string,
  checkpoint: Readonly<Record<string, unknown>>,
  options?: SaveOptions,
): Promise<void> {
  await writeWhole(path, save(checkpoint, options));
}

/** Loads a file, as {@link load} does. What the file system refuses is its own error, such as ENOENT. */
export async function loadFile<C extends object = Record<string, unknown>>(
  path: string,
  targets?: Targets,
): Promise<C> {
  return load<C>(await readWhole(path), targets);
}

/** A folder for the checkpoints of an {@link Autosave}; it is made when the first one is written. */
export function folder(path: string): Place {
  // Now, and not when the first checkpoint is due.
  if (typeof path !== "string") throw typeError("ERR_OPTION", `folder takes a path, got ${shown(path)}`);
  const inside = (name: string) => join(path, name);
  return {
    async write(name, bytes) {
      await mkdir(path, { recursive: true });
      await writeWhole(inside(name), bytes);
    },
    read: (name) => readWhole(inside(name)).catch(unlessMissing),
    list: async () => (await readdir(path).catch(unlessMissing)) ?? [],
    remove: (name) => rm(inside(name), { force: true }),
  };
}

/** Node's own function takes files below 2 GiB only. */
async function readWhole(path: string): Promise<Uint8Array> {
  return withFile(path, "r", async (file) => {
    const bytes = bytesFor((await file.stat()).size);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, 2 ** 30));
      // It has become shorter: what is there is judged as it is.
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  });
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  // A link stays one: the file that it names is replaced.
  const target = await realpath(path).catch(() => path);
  // Random, as ids of processes are not: in a container each run may have the same, and meet what a dead one has left.
  const unfinished = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}${UNFINISHED}`);
  // Who could not read the old file cannot read the new one. The process's umask is taken off, as from any new file.
  const { mode } = await stat(target).catch(() => ({ mode: 0o666 }));
  const file = await open(unfinished, "wx", mode & 0o777);
  try {
    await file
      .writeFile(bytes)
      .then(() => reachDisk(file))
      .finally(() => file.close());
    await rename(unfinished, target);
  } catch (error) {
    // What went wrong first is what is told.
    await unlink(unfinished).catch(() => {});
    throw error;
  }
  // The new name is in the folder, which has to reach the disk as well. Windows opens no folders.
  if (process.platform !== "win32") await withFile(dirname(target), "r", reachDisk);
}

/**
 * Waits for the disk, unless Node's permission model forbids to: from Node 26 on it does, whatever else is allowed. Network
 * file systems may not know how to wait for a folder (EINVAL).
 */
async function reachDisk(file: FileHandle): Promise<void> {
  await file.sync().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_ACCESS_DENIED" && error.code !== "EINVAL") throw error;
  });
}

async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
