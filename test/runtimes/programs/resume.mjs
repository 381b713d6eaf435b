/** Trainings that were saved in another host, resumed in this one. */

import { checkpoints } from "./checkpoints.mjs";
import { Resumable, STEPS } from "./resumable.mjs";
import { digest } from "./scenario.mjs";

/** Resumes each from every step it was saved at, and trains to its end; the digests of the ends, by name. */
export async function resume() {
  const ends = {};
  for (const [name, saved] of Object.entries(checkpoints)) {
    ends[name] = [];
    for (const base64 of saved) {
      const resumed = Resumable.from(
        name,
        Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
      );
      ends[name].push(await digest([{ name, bytes: resumed.to(STEPS).save() }]));
      resumed.dispose();
    }
  }
  return ends;
}
