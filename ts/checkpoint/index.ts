/** The entry of checkpoints. It has no kernel of its own, and goes with every entry that has one. */

export type { CodedError, ErrorCode } from "../check.js";
export { Autosave, type AutosaveOptions } from "./autosave.js";
export { load, type SaveOptions, type Stateful, save } from "./checkpoint.js";
export type { Place } from "./place.js";
export type { Targets } from "./restore.js";
export { deserialize, type NamedTensors, type SafeTensors, serialize } from "./safetensors.js";
export type { StoredArray, StoredDType, StoredTensor } from "./stored-tensor.js";
