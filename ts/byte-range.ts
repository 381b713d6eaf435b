/** Ranges of bytes in linear memory, and which of them overlap. */

/** Bytes from `pointer` on. */
export interface ByteRange {
  readonly pointer: number;
  readonly byteLength: number;
}

/** By where they start, without empty ones. */
export function sortedRanges<R extends ByteRange>(ranges: readonly R[]): readonly R[] {
  const filled = ranges.filter(({ byteLength }) => byteLength > 0);
  // Mostly they lie as they were allocated, or the other way round as backward passes come by them.
  if (isAscending(filled)) return filled;
  filled.reverse();
  return isAscending(filled) ? filled : filled.sort((a, b) => a.pointer - b.pointer);
}

/** Two of the sorted ranges that have bytes in common, or null. */
export function findOverlap<R extends ByteRange>(sorted: readonly R[]): readonly [R, R] | null {
  for (let i = 1; i < sorted.length; i++) {
    const [before, range] = [sorted[i - 1] as R, sorted[i] as R];
    if (before.pointer + before.byteLength > range.pointer) return [before, range];
  }
  return null;
}

/** Which of the sorted ranges, none of which overlaps another, has bytes in common with `byteLength` bytes at `pointer`. */
export function rangeAt<R extends ByteRange>(sorted: readonly R[], pointer: number, byteLength: number): R | undefined {
  if (byteLength === 0) return undefined;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = sorted[middle] as R;
    if (range.pointer + range.byteLength <= pointer) low = middle + 1;
    else high = middle;
  }
  const range = sorted[low];
  return range !== undefined && range.pointer < pointer + byteLength ? range : undefined;
}

function isAscending(ranges: readonly ByteRange[]): boolean {
  for (let i = 1; i < ranges.length; i++) {
    if ((ranges[i] as ByteRange).pointer < (ranges[i - 1] as ByteRange).pointer) return false;
  }
  return true;
}
