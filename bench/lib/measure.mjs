/** Timing: all contestants in turn, round after round, so that a change of the machine's speed meets all of them. */

import { setImmediate } from "node:timers/promises";

/** No contestant is timed longer than this in one race, unless three rounds take longer. */
const LONGEST_MS = 4000;
const FEWEST_ROUNDS = 3;

/**
 * How long, and how often.
 *
 * @typedef {object} Effort
 * @property {number} rounds
 * @property {number} roundMs about how long a contestant runs in one round
 * @property {number} warmMs at least how long it runs before the first, so that engines have compiled all they will
 */

/**
 * What is ready to be timed: `step` is one update, or `time` does so many of them and says how many nanoseconds they took.
 *
 * @typedef {object} Running
 * @property {() => void} [step]
 * @property {(repeats: number) => number | Promise<number>} [time]
 * @property {boolean} [mayFail] whether the others go on without it if it throws
 */

/**
 * Of one step, in nanoseconds; `spread` is the distance between the quartiles of the rounds over their median.
 *
 * @typedef {{ best: number, median: number, spread: number, rounds: number, repeats: number }} Timing
 *
 * @typedef {{ failure: Error }} Failed what one that may fail has thrown
 */

/**
 * Times all of them.
 *
 * @param {Running[]} running
 * @param {Effort} effort
 * @returns {Promise<any[]>} a {@link Timing} for each, or {@link Failed}
 */
export async function race(running, effort) {
  const plans = [];
  const attempt = async (i, act) => {
    try {
      await act();
    } catch (error) {
      if (!running[i].mayFail) throw error;
      // It has no round any more.
      plans[i] = { failure: error, rounds: 0 };
    }
  };
  for (const [i, one] of running.entries()) {
    await attempt(i, async () => {
      plans[i] = await warmUp(one, effort);
    });
  }
  const times = running.map(() => []);
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < running.length; turn++) {
      // Another one begins in each round: nobody always runs after the same neighbour.
      const i = (round + turn) % running.length;
      const { rounds, repeats } = plans[i];
      if (round >= rounds) continue;
      await attempt(i, async () => times[i].push((await timed(running[i], repeats)) / repeats));
    }
    await setImmediate();
  }
  return plans.map((plan, i) => ("failure" in plan ? { failure: plan.failure } : { ...summary(times[i]), ...plan }));
}

/** Runs ever longer bursts; resolves to how many steps a round has, and how many rounds there are. */
async function warmUp(one, { rounds, roundMs, warmMs }) {
  let repeats = 1;
  let burst = await timed(one, repeats);
  for (let total = burst; total < warmMs * 1e6; total += burst) {
    if (burst < (warmMs * 1e6) / 4) repeats *= 2;
    burst = await timed(one, repeats);
  }
  const stepTime = Math.max(burst / repeats, 1);
  const perRound = Math.max(1, Math.round((roundMs * 1e6) / stepTime));
  const affordable = Math.floor((LONGEST_MS * 1e6) / (perRound * stepTime));
  return { repeats: perRound, rounds: Math.min(rounds, Math.max(FEWEST_ROUNDS, affordable)) };
}

/** @param {Running} running */
function timed({ step, time }, repeats) {
  if (time !== undefined) return time(repeats);
  const start = process.hrtime.bigint();
  for (let i = 0; i < repeats; i++) step();
  return Number(process.hrtime.bigint() - start);
}

/** @param {number[]} times */
function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const median = at(0.5);
  return { best: sorted[0], median, spread: (at(0.75) - at(0.25)) / median };
}
