/** Where the parameters of an optimizer are: none may overlap another, nor may a gradient overlap any of them. */

import { type ByteRange, findOverlap, rangeAt, sortedRanges } from "../byte-range.js";
import { rangeError } from "../check.js";
import type { Parameter } from "../parameter.js";

interface ParamRange extends ByteRange {
  readonly parameter: Parameter;
}

export class ParamRanges {
  readonly #sorted: readonly ParamRange[];

  /** Throws if two of the parameters overlap. */
  constructor(parameters: readonly Parameter[]) {
    const ranges = parameters.map((parameter) => {
      const { pointer, byteLength } = parameter;
      return { parameter, pointer, byteLength };
    });
    // What was disposed has no place: its bytes may be another tensor's by now.
    this.#sorted = sortedRanges(ranges.filter(({ pointer }) => pointer !== 0));
    const overlap = findOverlap(this.#sorted);
    if (overlap === null) return;
    const [one, other] = overlap.map(({ parameter }) => parameter.describe());
    throw rangeError("ERR_ALIAS", `some parameters share memory: ${one} overlaps ${other}`);
  }

  /** Throws if the bytes of a dense gradient are also a parameter's. */
  checkGrad(parameter: Parameter, pointer: number): void {
    const hit = rangeAt(this.#sorted, pointer, parameter.byteLength);
    if (hit === undefined || hit.parameter.pointer !== hit.pointer) return;
    throw rangeError("ERR_ALIAS", `the gradient of ${parameter.describe()} overlaps ${hit.parameter.describe()}`);
  }
}
