"""Continues a checkpoint of adam-wasm in several processes, and writes it back.

    torchrun --standalone --nproc-per-node 2 continue.py run.safetensors 40

Each process has its share of the rows. DistributedDataParallel averages gradients over gloo, and a
ZeroRedundancyOptimizer keeps the state of each parameter in one process only.
"""

import sys

import torch
import torch.distributed as dist
from adam_wasm_checkpoint import load, save
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.nn.parallel import DistributedDataParallel

ROWS, FEATURES, CLASSES = 32, 6, 3


def data(rank: int, processes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The rows of a process, the same as in here.mjs."""
    row, feature = torch.arange(ROWS).unsqueeze(1), torch.arange(FEATURES)
    inputs = ((7 * row + 13 * feature + row * feature) % 17 - 8) / 8
    labels = torch.arange(ROWS) % CLASSES
    return inputs[rank::processes], labels[rank::processes]


def main(path: str, last: int) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    rank, processes = dist.get_rank(), dist.get_world_size()
    inputs, labels = data(rank, processes)

    model = torch.nn.Linear(FEATURES, CLASSES)
    optimizer = ZeroRedundancyOptimizer(model.parameters(), torch.optim.AdamW)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    # Every process reads the whole file, and keeps the state of its own parameters.
    steps = load(path, model=model, optimizer=optimizer, scheduler=scheduler)["steps"]

    parallel = DistributedDataParallel(model)
    for _ in range(steps, last):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(parallel(inputs), labels).backward()
        optimizer.step()
        scheduler.step()

    kept = [0] * processes
    dist.all_gather_object(kept, len(optimizer.optim.state))
    # All processes send what they keep; the first one writes it.
    optimizer.consolidate_state_dict(to=0)
    if rank == 0:
        save(path, model=model, optimizer=optimizer, scheduler=scheduler, steps=last)
        print(f"{processes} processes, steps {steps + 1} to {last}, which kept the state of {kept} parameters each")
    # Nobody leaves while gloo's threads have tensors to give back to Python, which would wait for their end. A plain
    # barrier is work of theirs that holds such tensors; this one is none.
    dist.monitored_barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
