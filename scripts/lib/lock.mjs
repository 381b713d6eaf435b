/**
 * One set-up at a time in one folder.
 *
 * The lock is a file that appears with its content in it (a hard link), so nobody sees it empty. It names its process by
 * id and start time: after a crash the id may belong to another program.
 */

import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./exec.mjs";
import { inTools } from "./paths.mjs";
import { say } from "./step.mjs";

const POLL_MS = 200;
/** Removing a lock takes microseconds; a removal this old has died. */
const REMOVAL_MS = 10_000;

const lock = inTools("lock");
const removal = inTools("lock.removal");

const read = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
};

/** `<id> <start time>`; the time is empty where there is no /proc. */
function identity(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // The second field, the program's name in parentheses, may hold spaces: count from behind it.
  return `${pid} ${stat === null ? "" : stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
}

function isAlive(owner) {
  const pid = Number.parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (error.code !== "EPERM") return false;
  }
  return identity(pid) === owner;
}

/** Creates `file` with `content`, or answers false if it is there. */
function create(file, content) {
  const own = inTools(`lock.${process.pid}`);
  try {
    writeFileSync(own, content);
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw new Failure(`Cannot make the lock ${file}: ${error.message}`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes the lock of a dead owner; a second file makes sure that only one process does, and only that lock. */
function removeDead(owner) {
  if (!create(removal, identity(process.pid))) {
    const since = statSync(removal, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > REMOVAL_MS) rmSync(removal, { force: true });
    return;
  }
  if (read(lock) === owner) rmSync(lock, { force: true });
  rmSync(removal, { force: true });
}

/** Runs `work` while no other process does in this folder. */
export async function locked(work) {
  mkdirSync(inTools(), { recursive: true });
  const self = identity(process.pid);
  const release = () => {
    if (read(lock) === self) rmSync(lock, { force: true });
  };
  for (let waiting = false; !create(lock, self); ) {
    const owner = read(lock);
    if (owner !== null && !isAlive(owner)) {
      removeDead(owner);
    } else if (owner !== null && !waiting) {
      say(`Waiting for another set-up of this folder to finish (process ${Number.parseInt(owner, 10)})`);
      waiting = true;
    }
    await sleep(POLL_MS);
  }
  // Also when a signal ends the process.
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}
