"""How values are kept in files, and what torch has of them afterwards."""

import os
import pathlib
import tempfile
import unittest

import torch
from safetensors.torch import load_file
from torch.optim import lr_scheduler

from adam_wasm_checkpoint import load, load_model, save, save_model


def stepped(kind, grad=None, **options):
    """An optimizer over one parameter, after a step."""
    param = torch.nn.Parameter(torch.ones(3, 2))
    optimizer = kind([("weight", param)], **options)
    param.grad = torch.full((3, 2), 0.5) if grad is None else grad
    optimizer.step()
    return optimizer, optimizer.state[param]


class Forms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "a.safetensors"

    def test_counts_are_float32_while_that_can_count_and_float64_from_there_on(self):
        optimizer, state = stepped(torch.optim.Adam)
        for step, dtype in [(2**24 - 1, torch.float32), (2**24, torch.float64), (2**24 + 1, torch.float64)]:
            state["step"] = torch.tensor(float(step), dtype=torch.float64)
            save(self.path, optimizer=optimizer)
            self.assertEqual(load_file(self.path)["optimizer.state.0.step"].dtype, dtype)
            other, _ = stepped(torch.optim.Adam)
            load(self.path, optimizer=other)
            (loaded,) = other.state.values()
            self.assertEqual(loaded["step"].item(), step)
            other.step()
            self.assertEqual(loaded["step"].item(), step + 1)

    def test_sparse_adam_counts_in_integers(self):
        grad = torch.sparse_coo_tensor([[1]], [[1.0, 2.0]], (3, 2), check_invariants=True)
        optimizer, _ = stepped(torch.optim.SparseAdam, grad)
        save(self.path, optimizer=optimizer)
        self.assertEqual(load_file(self.path)["optimizer.state.0.step"].dtype, torch.float32)
        load(self.path, optimizer=optimizer)
        (state,) = optimizer.state.values()
        self.assertIs(type(state["step"]), int)

    def test_momentum_of_sparse_gradients_is_dense_in_the_file_and_goes_on_with_them(self):
        grad = torch.sparse_coo_tensor([[1, 1]], [[1.0, 2.0], [3.0, 4.0]], (3, 2), check_invariants=True)
        optimizer, state = stepped(torch.optim.SGD, grad, momentum=0.5)
        save(self.path, optimizer=optimizer)
        found = load_file(self.path)["optimizer.state.0.momentum_buffer"]
        self.assertEqual(found.tolist(), [[0, 0], [4, 6], [0, 0]])
        other, _ = stepped(torch.optim.SGD, grad)
        load(self.path, optimizer=other)
        for each in (optimizer, other):
            each.step()
        (loaded,) = other.state.values()
        self.assertTrue(torch.equal(loaded["momentum_buffer"], state["momentum_buffer"].to_dense()))
        for found, expected in zip(other.param_groups[0]["params"], optimizer.param_groups[0]["params"], strict=True):
            self.assertTrue(torch.equal(found, expected))

    def test_the_product_of_nadam_is_float64_in_the_file(self):
        optimizer, before = stepped(torch.optim.NAdam)
        save(self.path, optimizer=optimizer)
        self.assertEqual(load_file(self.path)["optimizer.state.0.mu_product"].dtype, torch.float64)
        product = before["mu_product"].item()
        load(self.path, optimizer=optimizer)
        (state,) = optimizer.state.values()
        self.assertEqual(state["mu_product"].item(), product)

    def test_the_product_of_nadam_is_computed_in_float32_whatever_the_parameter_is(self):
        for dtype in (torch.float64, torch.float32, torch.bfloat16):
            with self.subTest(dtype):
                param = torch.nn.Parameter(torch.ones(2, dtype=dtype))
                optimizer = torch.optim.NAdam([("weight", param)])
                param.grad = torch.ones_like(param)
                optimizer.step()
                save(self.path, optimizer=optimizer)
                other = torch.optim.NAdam([("weight", param)])
                load(self.path, optimizer=other)
                for each in (optimizer, other):
                    each.step()
                found, expected = other.state[param]["mu_product"], optimizer.state[param]["mu_product"]
                self.assertEqual((found.dtype, found.item()), (torch.float32, expected.item()))

    def test_how_to_compute_stays_as_it_is_here(self):
        save(self.path, optimizer=stepped(torch.optim.Adam, fused=True, lr=0.5)[0])
        other, _ = stepped(torch.optim.Adam, foreach=True, maximize=True)
        load(self.path, optimizer=other)
        group = other.param_groups[0]
        self.assertEqual((group["fused"], group["foreach"], group["maximize"], group["lr"]), (None, True, False, 0.5))
        self.assertEqual(group["betas"], (0.9, 0.999))
        self.assertIs(type(group["betas"]), tuple)

    def test_a_learning_rate_in_a_tensor_stays_in_one(self):
        save(self.path, optimizer=stepped(torch.optim.Adam, lr=torch.tensor(0.25))[0])
        plain, _ = stepped(torch.optim.Adam)
        load(self.path, optimizer=plain)
        self.assertEqual(plain.param_groups[0]["lr"], 0.25)
        other, _ = stepped(torch.optim.Adam, lr=torch.tensor(1.0))
        load(self.path, optimizer=other)
        self.assertEqual(other.param_groups[0]["lr"], torch.tensor(0.25))

    def test_a_scheduler_of_a_learning_rate_in_a_tensor(self):
        def started(rate):
            optimizer, _ = stepped(torch.optim.Adam, lr=rate)
            return optimizer, lr_scheduler.CosineAnnealingLR(optimizer, 8)

        for rate in (torch.tensor(0.5), 0.5):
            optimizer, scheduler = started(torch.tensor(0.5))
            scheduler.step()
            save(self.path, optimizer=optimizer, scheduler=scheduler)
            other, loaded = started(rate)
            load(self.path, optimizer=other, scheduler=loaded)
            for each in (scheduler, loaded):
                each.step()
            self.assertAlmostEqual(float(other.param_groups[0]["lr"]), optimizer.param_groups[0]["lr"].item(), 6)

    def test_what_was_loaded_stays_when_the_file_is_written_over(self):
        optimizer, state = stepped(torch.optim.Adam)
        save(self.path, optimizer=optimizer)
        other, _ = stepped(torch.optim.Adam)
        load(self.path, optimizer=other)
        self.path.write_bytes(bytes([255]) * self.path.stat().st_size)
        (loaded,) = other.state.values()
        for key, value in state.items():
            self.assertTrue(torch.equal(loaded[key], value), key)

    def test_who_could_not_read_the_old_file_cannot_read_the_new_one(self):
        save(self.path, epoch=1)
        self.path.chmod(0o600)
        save(self.path, epoch=2)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_milestones_are_counted_by_numbers_at_any_depth(self):
        def started():
            optimizer, _ = stepped(torch.optim.Adam, lr=1.0)
            inner = lr_scheduler.MultiStepLR(optimizer, [2, 4, 4], 0.5)
            flat = lr_scheduler.ConstantLR(optimizer, 1.0)
            chain = lr_scheduler.ChainedScheduler([inner])
            return optimizer, lr_scheduler.SequentialLR(optimizer, [chain, flat], [9])

        def rates(optimizer, scheduler, steps):
            found = []
            for _ in range(steps):
                optimizer.step()
                scheduler.step()
                found.append(optimizer.param_groups[0]["lr"])
            return found

        optimizer, scheduler = started()
        rates(optimizer, scheduler, 1)
        save(self.path, optimizer=optimizer, scheduler=scheduler)
        other, loaded = started()
        load(self.path, optimizer=other, scheduler=loaded)
        self.assertEqual(rates(other, loaded, 6), rates(optimizer, scheduler, 6))
        self.assertEqual(other.param_groups[0]["lr"], 0.125)

    def test_a_cycle_of_three_phases_takes_the_place_of_one_of_two(self):
        def started(three_phase):
            optimizer = torch.optim.SGD([("weight", torch.nn.Parameter(torch.ones(2)))], 0.1, momentum=0.9)
            return optimizer, lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=20, three_phase=three_phase)

        for before, after in [(False, True), (True, False)]:
            optimizer, scheduler = started(before)
            save(self.path, optimizer=optimizer, scheduler=scheduler)
            other, loaded = started(after)
            load(self.path, optimizer=other, scheduler=loaded)
            self.assertEqual(loaded.state_dict(), scheduler.state_dict())

    def test_a_scheduler_that_calls_an_object_has_its_attributes_back(self):
        class Power:
            def __init__(self, base):
                self.base = base

            def __call__(self, epoch):
                return self.base**epoch

        def started(base):
            optimizer, _ = stepped(torch.optim.Adam, lr=1.0)
            return optimizer, lr_scheduler.LambdaLR(optimizer, Power(base))

        optimizer, scheduler = started(0.5)
        save(self.path, optimizer=optimizer, scheduler=scheduler)
        other, loaded = started(0.9)
        load(self.path, optimizer=other, scheduler=loaded)
        loaded.step()
        self.assertEqual(other.param_groups[0]["lr"], 0.5)

    def test_a_scheduler_of_ones_own_may_keep_what_it_likes(self):
        class Own(lr_scheduler.LRScheduler):
            best, losses = None, ()

            def get_lr(self):
                return [0.5**self.last_epoch for _ in self.optimizer.param_groups]

        def started():
            optimizer, _ = stepped(torch.optim.Adam)
            scheduler = Own(optimizer)
            scheduler.best, scheduler.losses = None, []
            return optimizer, scheduler

        optimizer, scheduler = started()
        scheduler.best, scheduler.losses = {"epoch": 3}, [0.5]
        save(self.path, optimizer=optimizer, scheduler=scheduler)
        other, loaded = started()
        load(self.path, optimizer=other, scheduler=loaded)
        self.assertEqual((loaded.best, loaded.losses), ({"epoch": 3}, [0.5]))

    def test_parameters_without_a_step_have_no_state(self):
        params = [(name, torch.nn.Parameter(torch.ones(2))) for name in ("still", "moves")]
        optimizer = torch.optim.Adam(params)
        params[1][1].grad = torch.ones(2)
        optimizer.step()
        save(self.path, optimizer=optimizer)
        other = torch.optim.Adam(list(reversed(params)))
        load(self.path, optimizer=other)
        self.assertEqual(list(other.state), [params[1][1]])

    def test_names_may_come_from_the_model(self):
        model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
        optimizer = torch.optim.Adam(model.parameters())
        model(torch.arange(6.0).reshape(2, 3)).sum().backward()
        optimizer.step()
        save(self.path, model=model, optimizer=optimizer)
        other = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
        loaded = torch.optim.Adam(other.parameters())
        load(self.path, model=other, optimizer=loaded)
        for found, expected in zip(other.state_dict().values(), model.state_dict().values(), strict=True):
            self.assertTrue(torch.equal(found, expected))
        for found, expected in zip(other.parameters(), model.parameters(), strict=True):
            self.assertTrue(torch.equal(loaded.state[found]["exp_avg"], optimizer.state[expected]["exp_avg"]))

    def test_tensors_with_strides_and_of_one_storage(self):
        flat = torch.arange(6.0)
        save_model({"a": flat.view(2, 3).T, "b": flat[1:3]}, self.path)
        found = {"a": torch.zeros(3, 2), "b": torch.zeros(2)}
        load_model(self.path, found)
        self.assertEqual(found["a"].tolist(), [[0, 3], [1, 4], [2, 5]])
        self.assertEqual(found["b"].tolist(), [1, 2])

    def test_a_symbolic_link_stays_and_the_file_that_it_names_is_replaced(self):
        target = self.path.parent / "disk" / "b.safetensors"
        target.parent.mkdir()
        target.write_text("old")
        self.path.symlink_to(target)
        save(self.path, epoch=1)
        self.assertTrue(self.path.is_symlink())
        self.assertEqual(load(target), {"epoch": 1})
        self.assertEqual(os.listdir(target.parent), ["b.safetensors"])

    def test_what_a_killed_program_of_the_same_id_has_left_is_in_nobodys_way_and_stays(self):
        left = self.path.parent / f".a.safetensors.{os.getpid()}.unfinished"
        left.write_text("half")
        save(self.path, epoch=1)
        self.assertEqual(load(self.path), {"epoch": 1})
        self.assertEqual(left.read_text(), "half")


if __name__ == "__main__":
    unittest.main()
