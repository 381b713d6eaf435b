/** Where checkpoints are kept. */

/** A folder, a database, or anything else that keeps bytes under names. */
export interface Place {
  /** Writes all the bytes or, if anything comes in between, none, and leaves what was there before. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The bytes, or undefined if there are none of that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Every name there is. */
  list(): Promise<readonly string[]>;
  /** Does nothing if there is none of that name. */
  remove(name: string): Promise<void>;
}

/** Ends the name of what was still being written when its program died. */
export const UNFINISHED = ".tmp";
