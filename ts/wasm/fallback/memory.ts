/**
 * Linear memory over an ArrayBuffer. It grows by copying and detaches the old buffer, so that views die here just as
 * they do when WebAssembly memory grows; where nothing can be detached, they show what was.
 */

const ALIGNMENT = 64;
const PAGE = 65_536;
const MAX_BYTES = 2 ** 32 - PAGE;

/** The memory as it is now. */
export const memory = { buffer: new ArrayBuffer(PAGE) };

/** Free ranges, by address and never adjacent. Address 0 is never handed out: it means "none". */
const free: { start: number; end: number }[] = [{ start: ALIGNMENT, end: PAGE }];

/** Zeroed memory for `bytes` bytes; 0 if there is none left. */
export function allocate(bytes: number, _place: number): number {
  const size = sizeOf(bytes);
  let at = free.findIndex(({ start, end }) => end - start >= size);
  if (at < 0) {
    if (!grow(size)) return 0;
    at = free.length - 1;
  }
  const range = free[at] as { start: number; end: number };
  const pointer = range.start;
  range.start += size;
  if (range.start === range.end) free.splice(at, 1);
  new Uint8Array(memory.buffer, pointer, size).fill(0);
  return pointer;
}

/** Gives back what {@link allocate} handed out for the same number of bytes. */
export function deallocate(pointer: number, bytes: number): void {
  insert({ start: pointer, end: pointer + sizeOf(bytes) });
}

function sizeOf(bytes: number): number {
  return Math.ceil(Math.max(bytes, 1) / ALIGNMENT) * ALIGNMENT;
}

function insert(range: { start: number; end: number }): void {
  let at = free.findIndex(({ start }) => start > range.start);
  if (at < 0) at = free.length;
  free.splice(at, 0, range);
  for (const left of [at, at - 1]) {
    const [a, b] = [free[left], free[left + 1]];
    if (a === undefined || b === undefined || a.end !== b.start) continue;
    a.end = b.end;
    free.splice(left + 1, 1);
  }
}

/** Makes the last free range at least `size` long; false if the host has no memory for that. */
function grow(size: number): boolean {
  const old = memory.buffer;
  const start = old.byteLength;
  const least = start + size;
  // Twice as much, so that growing is rare; where the host has not that, what is needed.
  for (const wanted of [Math.max(2 * start, least), least]) {
    const end = Math.min(Math.ceil(wanted / PAGE) * PAGE, MAX_BYTES);
    if (end < least) return false;
    try {
      memory.buffer = new ArrayBuffer(end);
    } catch {
      continue;
    }
    new Uint8Array(memory.buffer).set(new Uint8Array(old));
    detach(old);
    insert({ start, end });
    return true;
  }
  return false;
}

/** Takes the old memory away from the views of it. Hosts that cannot, Hermes and others, leave them showing what was. */
function detach(buffer: ArrayBuffer & { transfer?(): ArrayBuffer }): void {
  try {
    if (typeof buffer.transfer === "function") buffer.transfer();
    else structuredClone(buffer, { transfer: [buffer] });
  } catch {
    // Nobody here goes by it.
  }
}
