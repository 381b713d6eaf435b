/** Checkpoints in a browser: as a download, as files that only the page's origin sees, and in a database. */

import { type SaveOptions, save } from "./checkpoint.js";
import type { Place } from "./place.js";

/**
 * Hands a checkpoint to the user as a download. To load one that the user chose: `load(await file.arrayBuffer())`.
 *
 * @example
 * button.onclick = () => download("digits.safetensors", { model, optimizer, epoch });
 */
export function download(name: string, checkpoint: Readonly<Record<string, unknown>>, options?: SaveOptions): void {
  const url = URL.createObjectURL(new Blob([save(checkpoint, options)], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * A folder in the root of the origin's private file system, in pages and workers. A file takes the old one's place when it
 * is whole.
 */
export function privateFolder(folderName: string): Place {
  const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(folderName, { create: true });
  return {
    async write(name, bytes) {
      const place = await folder();
      const before = await place.getFileHandle(name).catch(unlessMissing);
      const file = before ?? (await place.getFileHandle(name, { create: true }));
      try {
        await writeInto(file, bytes);
      } catch (error) {
        // A new file has been there, and empty, since its handle was made. What went wrong first is what is told.
        if (before === undefined) await place.removeEntry(name).catch(() => {});
        throw error;
      }
    },
    async read(name) {
      const file = await (await folder()).getFileHandle(name).catch(unlessMissing);
      return file && new Uint8Array(await (await file.getFile()).arrayBuffer());
    },
    async list() {
      const names: string[] = [];
      for await (const name of (await folder()).keys()) names.push(name);
      return names;
    },
    async remove(name) {
      await (await folder()).removeEntry(name).catch(unlessMissing);
    },
  };
}

/** A database of the origin, in pages and workers: for browsers whose private file system cannot be written to. */
export function database(name: string): Place {
  const STORE = "checkpoints";
  const open = () => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return fulfilled(request);
  };
  const store = async (mode: IDBTransactionMode) => {
    // Browsers end connections: those of pages that they put to sleep, and all of a site whose data are cleared. So each
    // transaction has one of its own, which stays open until the transaction has ended.
    const connection = await open();
    const transaction = connection.transaction(STORE, mode, { durability: "strict" });
    connection.close();
    return transaction.objectStore(STORE);
  };
  /** What is written counts when its transaction has come to its end. */
  const committed = ({ transaction }: IDBObjectStore) =>
    new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  return {
    async write(key, bytes) {
      const checkpoints = await store("readwrite");
      checkpoints.put(bytes, key);
      await committed(checkpoints);
    },
    async read(key) {
      return (await fulfilled((await store("readonly")).get(key))) as Uint8Array | undefined;
    },
    async list() {
      return (await fulfilled((await store("readonly")).getAllKeys())) as string[];
    },
    async remove(key) {
      const checkpoints = await store("readwrite");
      checkpoints.delete(key);
      await committed(checkpoints);
    },
  };
}

const fulfilled = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** The old contents stay until all of the new are there. */
async function writeInto(handle: FileSystemFileHandle, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const file = await handle.createWritable();
  try {
    await file.write(bytes);
  } catch (error) {
    await file.abort().catch(() => {});
    throw error;
  }
  await file.close();
}

function unlessMissing(error: DOMException): undefined {
  if (error.name !== "NotFoundError") throw error;
}
