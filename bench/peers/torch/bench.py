"""PyTorch's Adam on the CPU, told on standard input what to time: by the commands of bench/native/src/main.rs, but with
`version` in place of `contestants`.

The names of contestants are how the step is made, and how many threads may make it: `default-1`, `fused-2`.
"""

import ctypes
import json
import sys
import time
import warnings

# It misses numpy, which is not used here.
warnings.simplefilter("ignore")

import torch  # noqa: E402

WAYS = {"default": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}


class Optimizer:
    """Adam over parameters and gradients that lie one behind the other in files."""

    def __init__(self, name, params, grads, lengths):
        way, threads = name.split("-")
        self.threads = int(threads)
        self.lengths = lengths
        self.params = [torch.nn.Parameter(each) for each in self.read(params)]
        self.set_grads(grads)
        self.adam = torch.optim.Adam(self.params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, **WAYS[way])

    def read(self, file):
        values = torch.from_file(file, size=sum(self.lengths), dtype=torch.float32)
        return [each.clone() for each in values.split(self.lengths)]

    def set_grads(self, file):
        for param, grad in zip(self.params, self.read(file)):
            param.grad = grad

    def run(self, steps):
        torch.set_num_threads(self.threads)
        start = time.perf_counter_ns()
        for _ in range(steps):
            self.adam.step()
        return time.perf_counter_ns() - start

    def write_params(self, file):
        flat = torch.cat([param.detach().flatten() for param in self.params])
        with open(file, "wb") as out:
            out.write(ctypes.string_at(flat.data_ptr(), 4 * flat.numel()))


def answer(made, command, *words):
    if command == "version":
        return f"{torch.__version__}, {torch.backends.cpu.get_cpu_capability()}"
    if command == "make":
        name, params, grads, lengths = words
        made.append(Optimizer(name, params, grads, [int(length) for length in lengths.split(",")]))
        return {}
    index = int(words[0])
    if command == "run":
        return {"nanoseconds": made[index].run(int(words[1]))}
    if command == "params":
        made[index].write_params(words[1])
        return {}
    if command == "grads":
        made[index].set_grads(words[1])
        return {}
    if command == "drop":
        made[index] = None
        return {}
    raise ValueError(f"no command: {command}")


def main():
    made = []
    for line in sys.stdin:
        print(json.dumps(answer(made, *line.rstrip("\n").split("\t"))), flush=True)


main()
