/** The phases of {@link OneCycleLR}, as torch writes them in a state dict. */

import { ownOptions, rangeError } from "../check.js";
import { type Check, list, number, oneOf } from "./fields.js";

const RATES = ["initial_lr", "max_lr", "min_lr"] as const;
const MOMENTA = ["max_momentum", "base_momentum"] as const;

/** From one rate and momentum to others, which are fields of the groups, until a step. */
export interface Phase {
  readonly end_step: number;
  readonly start_lr: (typeof RATES)[number];
  readonly end_lr: (typeof RATES)[number];
  readonly start_momentum: (typeof MOMENTA)[number];
  readonly end_momentum: (typeof MOMENTA)[number];
}

/** The fields of a group by torch's names. */
export const GROUP_FIELDS = {
  initial_lr: "initialLr",
  max_lr: "maxLr",
  min_lr: "minLr",
  max_momentum: "maxMomentum",
  base_momentum: "baseMomentum",
} as const;

/** Up and down; with three phases down to the first rate, and then further. */
export function phasesOf(totalSteps: number, pctStart: number, threePhase: boolean): readonly Phase[] {
  const up = phase(pctStart * totalSteps - 1, ["initial_lr", "max_lr"], ["max_momentum", "base_momentum"]);
  const last = totalSteps - 1;
  if (!threePhase) return [up, phase(last, ["max_lr", "min_lr"], ["base_momentum", "max_momentum"])];
  return [
    up,
    phase(2 * pctStart * totalSteps - 2, ["max_lr", "initial_lr"], ["base_momentum", "max_momentum"]),
    phase(last, ["initial_lr", "min_lr"], ["max_momentum", "max_momentum"]),
  ];
}

const phase = (
  end_step: number,
  [start_lr, end_lr]: [Phase["start_lr"], Phase["end_lr"]],
  [start_momentum, end_momentum]: [Phase["start_momentum"], Phase["end_momentum"]],
): Phase => ({ end_step, start_lr, end_lr, start_momentum, end_momentum });

/** The phase of a step, and how much of it has gone by. */
export function placeIn(phases: readonly Phase[], step: number): { phase: Phase; fraction: number } {
  const index = phases.findIndex(({ end_step }) => step <= end_step);
  const phase = phases.at(index) as Phase;
  const start = phases[phases.indexOf(phase) - 1]?.end_step ?? 0;
  return { phase, fraction: (step - start) / (phase.end_step - start) };
}

const phases = list("_schedule_phases", (value, optimizer) => {
  const given = ownOptions(value, "a phase");
  const rate = oneOf(RATES, (word) => `a phase has no learning rate ${word}`);
  const momentum = oneOf(MOMENTA, (word) => `a phase has no momentum ${word}`);
  return phase(
    number("Expected number end_step", () => true)(given.end_step, optimizer),
    [rate(given.start_lr, optimizer), rate(given.end_lr, optimizer)],
    [momentum(given.start_momentum, optimizer), momentum(given.end_momentum, optimizer)],
  );
});

export const checkPhases: Check<readonly Phase[]> = (value, optimizer) => {
  const checked = phases(value, optimizer);
  if (checked.length === 0) throw rangeError("ERR_OPTION", "_schedule_phases must not be empty");
  return checked;
};
