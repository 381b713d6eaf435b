/** Mistakes somebody could make in checkpoints. */

const HEADER = "ts/checkpoint/header.ts";
const SAFETENSORS = "ts/checkpoint/safetensors.ts";
const SCANNER = "ts/checkpoint/json-scanner.ts";
const DICT = "ts/checkpoint/optimizer-dict.ts";
const RESTORE = "ts/checkpoint/restore.ts";
const AUTOSAVE = "ts/checkpoint/autosave.ts";
const OPTIMIZER = "ts/optim/optimizer.ts";
const ZIP = "ts/checkpoint/zip.ts";
const TENSOR = "ts/checkpoint/torch-tensor.ts";

/** @type {import("./index.mjs").Mutant[]} */
export const CHECKPOINT_MUTANTS = [
  { name: "safetensors: tensors may overlap", file: HEADER, from: "if (begin < at)", to: "if (begin < at && false)" },
  { name: "safetensors: bytes may be left over", file: HEADER, from: "if (at < length)", to: "if (length < at)" },
  {
    name: "safetensors: a tensor may have more bytes than its shape",
    file: HEADER,
    from: "end - begin !== size",
    to: "end - begin < size",
  },
  { name: "safetensors: the last of two equal names counts", file: HEADER, from: "entries.has(name) || ", to: "" },
  {
    name: "safetensors: read where the array is not aligned",
    file: "ts/checkpoint/stored-tensor.ts",
    from: "bytes.byteOffset % size === 0",
    to: "size > 0",
  },
  {
    name: "safetensors: written by name alone",
    file: SAFETENSORS,
    from: "a.element.rank - b.element.rank || ",
    to: "",
  },
  {
    name: "safetensors: names in the order of UTF-16",
    file: SAFETENSORS,
    from: "(a.codePointAt(i) as number) - (b.codePointAt(i) as number)",
    to: "a.charCodeAt(i) - b.charCodeAt(i)",
  },
  {
    name: "safetensors: header not padded",
    file: SAFETENSORS,
    from: "8 * Math.ceil(json.length / 8)",
    to: "json.length",
  },
  { name: "safetensors: integers are rounded", file: SCANNER, from: "value > Number.MAX_SAFE_INTEGER", to: "false" },
  { name: "save: steps beyond float32 in float32", file: DICT, from: " && value < LAST_FLOAT32_STEP", to: "" },
  { name: "save: minus zero without its sign", file: "ts/checkpoint/text.ts", from: '? "-0.0"', to: '? "0"' },
  {
    name: "save: another rule than PyTorch's without a word",
    file: "ts/checkpoint/checkpoint.ts",
    from: "if (!isKnown) checkRule",
    to: "if (isKnown === undefined) checkRule",
  },
  {
    name: "save: hooks may write to moments",
    file: OPTIMIZER,
    from: " && this.#core.hooks.stateDictPost.list.length === 0",
    to: "",
  },
  {
    name: "save: a subclass has no say",
    file: OPTIMIZER,
    from: "this.stateDict === Optimizer.prototype.stateDict && ",
    to: "",
  },
  {
    name: "save: moments where they were before memory grew",
    file: "ts/optim/saved-state.ts",
    from: "return state.momentView(slot, which);",
    to: "return data;",
  },
  { name: "load: subnormal float16 halved", file: "ts/checkpoint/half.ts", from: "(113 - shift)", to: "(112 - shift)" },
  { name: "load: optimizer first", file: RESTORE, from: "[...loadables].reverse()", to: "[...loadables]" },
  {
    name: "load: nothing taken back",
    file: RESTORE,
    from: "of done.reverse()) load",
    to: "of done.splice(0, 0)) load",
  },
  {
    name: "load: a hook's error takes back what was loaded",
    file: RESTORE,
    from: 'if ((error as CodedError | null)?.code !== "ERR_HOOK") throw error;',
    to: "throw error;",
  },
  { name: "load: any dtype", file: RESTORE, from: "saved.dtype !== dtype || ", to: "" },
  { name: "load: parts of a larger model", file: RESTORE, from: "unexpected.length > 0", to: "unexpected.length < 0" },
  {
    name: "Autosave: another model's checkpoint passed over",
    file: AUTOSAVE,
    from: 'code !== "ERR_CHECKPOINT"',
    to: "code === undefined",
  },
  { name: "Autosave: the oldest checkpoint resumed", file: AUTOSAVE, from: "(a, b) => b - a", to: "(a, b) => a - b" },
  { name: "Autosave: later checkpoints are lost", file: AUTOSAVE, from: "(each) => each <= steps", to: "() => true" },
  {
    name: "Autosave: beside another run's",
    file: AUTOSAVE,
    from: "if (!this.#isOwn) await",
    to: "if (this.#isOwn) await",
  },
  {
    name: "saveFile: an unfinished file stays",
    file: "ts/checkpoint/node.ts",
    from: "await unlink(unfinished).catch(() => {});",
    to: "",
  },
  {
    name: "loadTorch: damaged entries",
    file: ZIP,
    from: "crc32(content) !== checksums.get(name)",
    to: "crc32(content) < 0",
  },
  { name: "loadTorch: entries may overlap", file: ZIP, from: "if (begin < (ranges", to: "if (begin < 0 * (ranges" },
  {
    name: "loadTorch: strides ignored",
    file: TENSOR,
    from: "row[i] === stride[i]",
    to: "row.length === stride.length",
  },
  {
    name: "loadTorch: tensors reach out of their storage",
    file: TENSOR,
    from: "(last + 1) * elementBytes <= storage",
    to: "last * elementBytes <= storage",
  },
  { name: "loadTorch: any number of copies", file: TENSOR, from: "budget.bytes < 0", to: "budget.bytes > 2 ** 52" },
  { name: "loadTorch: any byte order", file: "ts/checkpoint/torch.ts", from: '!== "little"', to: '=== "BIG"' },
];
