/** The bytes of a pickle, read from front to back. */

import type { CodedError } from "../check.js";
import { invalid } from "./invalid.js";

/** The error for a pickle that has what it must not have. */
export const broken = (found: string): CodedError => invalid("pickle", `the pickle has ${found}`);

/** Each method reads what it is named after, and goes on behind it. Throws ERR_CHECKPOINT where the bytes end before. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.#take(1, (at) => this.#view.getUint8(at));
  }

  uint16(): number {
    return this.#take(2, (at) => this.#view.getUint16(at, true));
  }

  uint32(): number {
    return this.#take(4, (at) => this.#view.getUint32(at, true));
  }

  int32(): number {
    return this.#take(4, (at) => this.#view.getInt32(at, true));
  }

  /** Big-endian, the only number that is. */
  float64(): number {
    return this.#take(8, (at) => this.#view.getFloat64(at));
  }

  /** Two's complement of `length` bytes; a bigint if a number would round it. */
  integer(length: number): number | bigint {
    const bytes = this.#take(length, (at) => this.#bytes.subarray(at, at + length));
    const value = bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
    const signed = BigInt.asIntN(8 * length, value);
    return BigInt.asIntN(54, signed) === signed ? Number(signed) : signed;
  }

  /** UTF-8 of `length` bytes. */
  text(length: number): string {
    const bytes = this.#take(length, (at) => this.#bytes.slice(at, at + length));
    try {
      return this.#utf8.decode(bytes);
    } catch {
      throw broken("a text that is not UTF-8");
    }
  }

  /** Up to the end of the line, which is left out. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw broken("no end");
    const line = this.text(end - this.#at);
    this.#at++;
    return line;
  }

  #take<T>(length: number, read: (at: number) => T): T {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw broken("no end");
    this.#at += length;
    return read(at);
  }
}
