/** Timing: all contestants in turn, round after round, so that a change of the machine's speed meets all of them. */

/** About how many elements a contestant updates in one timed round, and how often at most. */
const ELEMENTS_PER_ROUND = 2e6;
const MAX_REPEATS = 2000;
const TOLERANCE = 2e-5;

/**
 * Nanoseconds of one step of each contestant: best and median over the rounds.
 *
 * @param {{ name: string, make: (data: any) => any }[]} contestants as in contestants.mjs
 * @param {() => any} makeData gives each contestant parameters and gradients of its own
 */
export function measure(contestants, makeData, elements, rounds) {
  const running = contestants.map(({ name, make }) => ({ name, ...make(makeData()) }));
  checkAgreement(running);
  return measureRunning(running, elements, rounds);
}

/** The same for contestants that are ready to be stepped, and need not agree. */
export function measureRunning(running, elements, rounds) {
  const repeats = Math.min(MAX_REPEATS, Math.max(1, Math.round(ELEMENTS_PER_ROUND / elements)));
  const times = running.map(() => []);
  for (const { step } of running) time(step, repeats);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { step }] of running.entries()) times[i].push(time(step, repeats));
  }
  for (const { dispose } of running) dispose?.();
  return running.map(({ name }, i) => {
    const sorted = times[i].sort((a, b) => a - b);
    return { name, best: sorted[0], median: sorted[sorted.length >> 1] };
  });
}

function time(step, repeats) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < repeats; i++) step();
  return Number(process.hrtime.bigint() - start) / repeats;
}

/** Who computes something else is not faster. */
function checkAgreement(running) {
  const [reference, ...others] = running;
  for (let i = 0; i < 5; i++) for (const { step } of [reference, ...others]) step();
  const expected = reference.params();
  for (const { name, params } of others) {
    for (const [tensor, values] of params().entries()) {
      const at = values.findIndex((value, i) => !(Math.abs(value - expected[tensor][i]) <= TOLERANCE));
      if (at >= 0) {
        throw new Error(
          `${name} disagrees with ${reference.name} at element ${at} of tensor ${tensor} after 5 steps: ${values[at]}, not ${expected[tensor][at]}`,
        );
      }
    }
  }
}
