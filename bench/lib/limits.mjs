/** What no step can beat for one row of `sizes` or `tensors`, out of what was measured. */

/** Bytes of a step per element of float32: parameter, gradient and two moments read, all but the gradient written. */
export const TRAFFIC = 28;

/** Nanoseconds of the fastest contestant that is only traffic, `null` where there is none. */
export function fastestTriad({ results }, contestants) {
  const names = contestants.filter(({ isLimit }) => isLimit).map(({ name }) => name);
  const times = results.filter(({ contestant, best }) => best !== undefined && names.includes(contestant));
  return times.length === 0 ? null : Math.min(...times.map(({ best }) => best));
}

/**
 * Dividing with 128 bits, or memory; `null` where one was not measured. `binds` is the name of the highest limit, which is
 * the fixed cost where that is higher.
 *
 * @param {{ elements: number, results: any[] }} row
 * @param {{ name: string, isLimit: boolean }[]} contestants
 * @param {{ divider: number, fixed: number } | undefined} limits
 */
export function limitOf(row, contestants, limits) {
  const memory = fastestTriad(row, contestants);
  if (limits === undefined || memory === null) return null;
  const divider = limits.divider * row.elements;
  const nanoseconds = Math.max(divider, memory);
  const name = divider > memory ? "divider" : "memory";
  return { name, nanoseconds, binds: limits.fixed > nanoseconds ? "fixed cost" : name };
}
