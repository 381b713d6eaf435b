/**
 * JSON as its bytes, token by token. `JSON.parse` cannot be used on what a stranger wrote: it takes the last of two equal
 * keys, rounds integers above 2⁵³ in silence, and builds whatever it finds before anybody could refuse it.
 *
 * Runs once over the bytes, keeps nothing, and goes as deep as its caller does.
 */

import { invalid } from "./invalid.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }).map(
    ([letter, meaning]) => [letter.charCodeAt(0), meaning.charCodeAt(0)],
  ),
);
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isOfNumber = (byte: number | undefined) =>
  isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e || byte === 0x45 || byte === 0x65;

export class JsonScanner {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #at = 0;

  /** `what` names the text in messages: "the header". */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  /** The next byte that is not white space; undefined at the end. */
  peek(): number | undefined {
    while (isSpace(this.#bytes[this.#at])) this.#at++;
    return this.#bytes[this.#at];
  }

  /** Reads over a word if it comes next. */
  skip(word: string): boolean {
    this.peek();
    for (let i = 0; i < word.length; i++) if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) return false;
    this.#at += word.length;
    return true;
  }

  /** An object; `member` reads the value behind each key. */
  object(member: (key: string) => void, maxKeyBytes?: number): void {
    this.#expect("{");
    if (this.skip("}")) return;
    do {
      const key = this.string(maxKeyBytes);
      this.#expect(":");
      member(key);
    } while (this.skip(","));
    this.#expect("}");
  }

  /** An array; `item` reads each element. */
  array(item: () => void): void {
    this.#expect("[");
    if (this.skip("]")) return;
    do item();
    while (this.skip(","));
    this.#expect("]");
  }

  /** A string, of so many bytes at most as it is written. */
  string(maxBytes = Number.POSITIVE_INFINITY): string {
    this.#expect('"');
    const bytes = this.#bytes;
    const start = this.#at;
    let text = "";
    let isPlain = true;
    let hasEscapes = false;
    let at = start;
    for (; bytes[at] !== QUOTE; at++) {
      const byte = bytes[at];
      if (byte === undefined || byte < 0x20) throw this.#unexpected('a string without its closing "', at);
      if (at - start >= maxBytes) throw invalid("name", `${this.#what} has a name of more than ${maxBytes} bytes`);
      if (byte === BACKSLASH) {
        at++;
        hasEscapes = true;
      }
      // Short names are the rule, and a decoder's call costs more than they do.
      if (byte === BACKSLASH || byte >= 0x80 || at - start >= 64) isPlain = false;
      else if (isPlain) text += String.fromCharCode(byte);
    }
    this.#at = at + 1;
    if (isPlain) return text;
    // A copy: decoders take no shared memory.
    return this.#decode(hasEscapes ? this.#unescaped(start, at) : bytes.slice(start, at));
  }

  /** An integer from 0 up that a number holds exactly; `1.0` and `1e3` are none. */
  integer(): number {
    this.peek();
    const start = this.#at;
    let value = 0;
    for (; isDigit(this.#bytes[this.#at]); this.#at++) {
      value = value * 10 + ((this.#bytes[this.#at] as number) - 0x30);
      if (value > Number.MAX_SAFE_INTEGER) {
        throw invalid("integer", `${this.#what} has an integer above ${Number.MAX_SAFE_INTEGER} at byte ${start}`);
      }
    }
    const length = this.#at - start;
    const hasLeadingZero = length > 1 && this.#bytes[start] === 0x30;
    if (length === 0 || hasLeadingZero || isOfNumber(this.#bytes[this.#at])) {
      throw invalid("integer", `${this.#what} should have an integer from 0 up at byte ${start}`);
    }
    return value;
  }

  /** Any number of JSON. */
  number(): number {
    this.peek();
    const start = this.#at;
    let text = "";
    for (; isOfNumber(this.#bytes[this.#at]); this.#at++) {
      text += String.fromCharCode(this.#bytes[this.#at] as number);
      if (text.length > 400) throw this.#unexpected("a number of more than 400 digits", start);
    }
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw this.#unexpected("no value", start);
    return Number(text);
  }

  /** Checks that nothing is left. */
  end(): void {
    if (this.peek() !== undefined) throw this.#unexpected("something behind its end", this.#at);
  }

  #expect(word: string): void {
    if (!this.skip(word)) throw this.#unexpected(`no ${word}`, this.#at);
  }

  #unexpected(found: string, at: number) {
    return invalid("json", `${this.#what} is not JSON: it has ${found} at byte ${at}`);
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#utf8.decode(bytes);
    } catch {
      throw invalid("utf-8", `${this.#what} has a string that is not UTF-8`);
    }
  }

  /** The UTF-8 of a string without its escapes. */
  #unescaped(start: number, end: number): Uint8Array {
    const target = new Uint8Array(end - start);
    let length = 0;
    for (let at = start; at < end; at++) {
      const byte = this.#bytes[at] as number;
      if (byte !== BACKSLASH) {
        target[length++] = byte;
        continue;
      }
      const letter = this.#bytes[++at] as number;
      const meaning = ESCAPES.get(letter);
      if (meaning !== undefined) {
        target[length++] = meaning;
      } else if (letter === 0x75) {
        let unit = this.#hex4(at + 1, end);
        at += 4;
        if (unit >= 0xd800 && unit < 0xdc00 && this.#bytes[at + 1] === BACKSLASH && this.#bytes[at + 2] === 0x75) {
          const low = this.#hex4(at + 3, end);
          if (low >= 0xdc00 && low < 0xe000) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            at += 6;
          }
        }
        if (unit >= 0xd800 && unit < 0xe000) throw this.#unexpected("half of a surrogate pair", at);
        length += writeUtf8(unit, target, length);
      } else {
        throw this.#unexpected("an unknown escape", at);
      }
    }
    return target.subarray(0, length);
  }

  #hex4(at: number, end: number): number {
    const digits = String.fromCharCode(...this.#bytes.subarray(at, Math.min(at + 4, end)));
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#unexpected("an unknown escape", at);
    return Number.parseInt(digits, 16);
  }
}

/** Writes a code point; returns how many bytes it took, at most half of what its escapes did. */
function writeUtf8(point: number, target: Uint8Array, at: number): number {
  if (point < 0x80) {
    target[at] = point;
    return 1;
  }
  const tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  target[at] = ((0xff00 >> (tail + 1)) & 0xff) | (point >> (6 * tail));
  for (let i = 1; i <= tail; i++) target[at + i] = 0x80 | ((point >> (6 * (tail - i))) & 0x3f);
  return tail + 1;
}
