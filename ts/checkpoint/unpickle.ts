/**
 * Python's pickles, as far as `torch.save` needs them: values are built, and nothing is run. What a pickle calls is looked up
 * in a list; what is not there is refused.
 */

import { shown } from "../check.js";
import { broken, PickleReader } from "./pickle-reader.js";

/** What a pickle may ask for. */
export interface PickleHost {
  /** The value of a name of Python's, or undefined to refuse it; functions are what may be called. */
  readonly names: ReadonlyMap<string, unknown>;
  /** What a pickle keeps outside of itself. */
  persistent(id: unknown): unknown;
}

const STOP = 0x2e;
const MARK = Symbol("mark");
/** What an instruction puts on the stack that puts nothing there. */
const NOTHING = Symbol("nothing");
const MAX_ARGUMENTS = 16;

/** The value: dicts are Maps, lists and tuples arrays; large integers are bigints. Throws ERR_CHECKPOINT. */
export function unpickle(bytes: Uint8Array, host: PickleHost): unknown {
  return new Machine(bytes, host).run();
}

class Machine {
  readonly #reader: PickleReader;
  readonly #host: PickleHost;
  readonly #memo = new Map<number, unknown>();
  #stack: unknown[] = [];

  constructor(bytes: Uint8Array, host: PickleHost) {
    this.#reader = new PickleReader(bytes);
    this.#host = host;
  }

  run(): unknown {
    for (;;) {
      const code = this.#reader.uint8();
      if (code === STOP) return this.#end();
      const value = this.#execute(code);
      if (value !== NOTHING) this.#stack.push(value);
    }
  }

  /** Does what an instruction says; returns what it puts on the stack. */
  #execute(code: number): unknown {
    const reader = this.#reader;
    switch (String.fromCharCode(code)) {
      case "\x80":
        return this.#checkProtocol(reader.uint8());
      // Plain values.
      case "N":
        return null;
      case "\x88":
        return true;
      case "\x89":
        return false;
      case "K":
        return reader.uint8();
      case "M":
        return reader.uint16();
      case "J":
        return reader.int32();
      case "\x8a":
        return reader.integer(reader.uint8());
      case "G":
        return reader.float64();
      case "X":
        return reader.text(reader.uint32());
      // Containers.
      case "}":
        return new Map();
      case "]":
      case ")":
        return [];
      case "(":
        return MARK;
      case "t":
        return this.#popToMark();
      case "\x85":
      case "\x86":
      case "\x87":
        return this.#pop(code - 0x84);
      case "a":
        return this.#append(this.#pop(1));
      case "e":
        return this.#append(this.#popToMark());
      case "s":
        return this.#setItems(this.#pop(2));
      case "u":
        return this.#setItems(this.#popToMark());
      // What was there before.
      case "q":
        return this.#memorize(reader.uint8());
      case "r":
        return this.#memorize(reader.uint32());
      case "h":
        return this.#recall(reader.uint8());
      case "j":
        return this.#recall(reader.uint32());
      // What is called.
      case "c":
        return this.#named(`${reader.line()}.${reader.line()}`);
      case "R":
        return this.#call(this.#pop(2));
      case "Q":
        return this.#host.persistent(this.#pop(1)[0]);
      case "b":
        return this.#ignoreAttributes(this.#pop(1));
      default:
        throw broken(`the unknown instruction ${code}`);
    }
  }

  #checkProtocol(protocol: number): typeof NOTHING {
    if (protocol !== 2) throw broken(`protocol ${protocol}; torch.save writes 2`);
    return NOTHING;
  }

  #call([called, args]: readonly unknown[]): unknown {
    if (typeof called !== "function" || !Array.isArray(args)) throw broken("a call of what is no function");
    if (args.length > MAX_ARGUMENTS) throw broken(`a call with ${args.length} arguments`);
    return called(...args);
  }

  /** Modules give attributes to their state dicts: versions, which say nothing here. */
  #ignoreAttributes(_: readonly unknown[]): typeof NOTHING {
    if (!(this.#top() instanceof Map)) throw broken("attributes of what is no dict");
    return NOTHING;
  }

  #end(): unknown {
    if (this.#stack.length !== 1) throw broken("no single value at its end");
    return this.#stack[0];
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw broken("too few values");
    return this.#stack[this.#stack.length - 1];
  }

  #pop(count: number): unknown[] {
    const values = this.#stack.splice(Math.max(0, this.#stack.length - count));
    if (values.length < count) throw broken("too few values");
    return values;
  }

  #popToMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw broken("no mark");
    const values = this.#stack.splice(mark + 1);
    this.#stack.pop();
    return values;
  }

  #append(values: readonly unknown[]): typeof NOTHING {
    const list = this.#top();
    if (!Array.isArray(list)) throw broken("items of what is no list");
    for (const value of values) list.push(value);
    return NOTHING;
  }

  #setItems(values: readonly unknown[]): typeof NOTHING {
    const dict = this.#top();
    if (!(dict instanceof Map) || values.length % 2 !== 0) throw broken("items of what is no dict");
    for (let i = 0; i < values.length; i += 2) dict.set(values[i], values[i + 1]);
    return NOTHING;
  }

  #memorize(index: number): typeof NOTHING {
    this.#memo.set(index, this.#top());
    return NOTHING;
  }

  #recall(index: number): unknown {
    if (!this.#memo.has(index)) throw broken("a reference to nothing");
    return this.#memo.get(index);
  }

  #named(name: string): unknown {
    const value = this.#host.names.get(name);
    if (value === undefined) throw broken(`the name ${shown(name)}, which is none that is read here; it was not run`);
    return value;
  }
}
