"""What is refused, each with one sentence, and that nothing has changed then."""

import os
import pathlib
import tempfile
import unittest

import torch
from safetensors.torch import save_file
from torch.optim import lr_scheduler

from adam_wasm_checkpoint import CheckpointError, load, load_model, load_optimizer, save, save_model, save_optimizer
from adam_wasm_checkpoint.file import read, write


def model_of(**shapes):
    return {name: torch.nn.Parameter(torch.ones(shape)) for name, shape in shapes.items()}


def trained(kind=torch.optim.Adam, model=None, **options):
    """An optimizer after one step, and its model."""
    model = model or model_of(weight=(2, 3), bias=(2,))
    optimizer = kind(list(model.items()), **options)
    for param in model.values():
        param.grad = torch.full_like(param, 0.5)
    optimizer.step()
    return optimizer, model


def plain(value):
    """The same with lists for tensors, to compare and to keep."""
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


class Refusals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "a.safetensors"

    def refuses(self, sentence, optimizer, model=None, **how):
        """Loading says so, and changes nothing."""
        before = plain((optimizer.state_dict(), model))
        with self.assertRaises(CheckpointError) as caught:
            load(self.path, optimizer=optimizer, model=model, **how)
        self.assertIn(sentence, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))
        self.assertEqual(plain((optimizer.state_dict(), model)), before)

    def test_a_name_that_the_file_has_not(self):
        save_optimizer(trained()[0], self.path)
        self.refuses(
            "the file has no state for 'bias2'; it names 'weight', 'bias'",
            trained(model=model_of(weight=(2, 3), bias2=(2,)))[0],
        )

    def test_a_name_that_is_not_here(self):
        save_optimizer(trained()[0], self.path)
        self.refuses("the file names 'bias', which is not in this optimizer", trained(model=model_of(weight=(2, 3)))[0])

    def test_another_shape(self):
        save_optimizer(trained()[0], self.path)
        self.refuses(
            "exp_avg of parameter 0 is float32 [2, 3] in the file, expected float32 [3, 2]",
            trained(model=model_of(weight=(3, 2), bias=(2,)))[0],
        )

    def test_another_shape_of_the_model_although_the_optimizer_fits(self):
        optimizer, model = trained()
        save(self.path, optimizer=optimizer, model=model)
        other = trained()[0]
        self.refuses(
            "model tensor 'bias' is float32 [2] in the file, expected float32 [5]",
            other,
            {"weight": torch.zeros(2, 3), "bias": torch.zeros(5)},
        )

    def test_state_of_another_optimizer(self):
        kinds = [torch.optim.Adam, torch.optim.Adamax, torch.optim.NAdam, torch.optim.RAdam, torch.optim.SGD]
        for saved in kinds:
            save_optimizer(trained(saved)[0], self.path)
            for other in kinds:
                if other is not saved:
                    with self.subTest(saved=saved.__name__, other=other.__name__):
                        self.refuses(f"{other.__name__}", trained(other)[0])

    def test_adam_whose_decay_is_not_decoupled_in_adamw(self):
        save_optimizer(trained()[0], self.path)
        self.refuses("is one of Adam, whose decay is not decoupled", trained(torch.optim.AdamW)[0])

    def test_an_optimizer_that_the_package_has_not(self):
        with self.assertRaisesRegex(CheckpointError, "adam-wasm has no Rprop; it has Adam, AdamW"):
            save_optimizer(trained(torch.optim.Rprop)[0], self.path)
        self.assertEqual(os.listdir(self.folder), [])

    def test_an_unknown_option(self):
        optimizer, _ = trained()
        optimizer.param_groups[0]["warmup"] = 3
        save_optimizer(optimizer, self.path)
        self.refuses("group 0 of the file has the option 'warmup', which Adam does not know", trained()[0])

    def test_an_option_of_another_kind(self):
        optimizer, _ = trained()
        optimizer.param_groups[0]["betas"] = (0.9, 0.99, 0.999)
        save_optimizer(optimizer, self.path)
        self.refuses("betas of group 0 is [0.9, 0.99, 0.999] in the file, and (0.9, 0.999) here", trained()[0])

    def test_the_rule_of_2017_unless_that_is_known(self):
        optimizer, _ = trained()
        optimizer.param_groups[0]["epsilon_hat"] = True
        save_optimizer(optimizer, self.path)
        other = trained()[0]
        self.refuses("has epsilonHat, a rule that torch does not have", other)
        load(self.path, optimizer=other, allow_epsilon_hat=True)
        self.assertIs(other.param_groups[0]["epsilon_hat"], True)

    def test_state_that_belongs_to_no_parameter_or_to_two(self):
        optimizer, _ = trained()
        save_optimizer(optimizer, self.path)
        parts = read(self.path)
        for ids, sentence in [
            ([0, 2], "the file has state for parameter '1', which is in no group"),
            ([1, 1], "the file has parameter '1' of the optimizer in two places"),
        ]:
            parts.rest["optimizer"]["param_groups"][0]["params"] = ids
            write(self.path, parts)
            self.refuses(sentence, trained()[0])

    def test_state_that_no_file_could_give_back(self):
        optimizer, model = trained()
        for value in (3, torch.zeros(2, 3)):
            optimizer.state[model["weight"]]["note"] = value
            with self.assertRaisesRegex(CheckpointError, "the state of parameter 0 has 'note', which Adam has not"):
                save_optimizer(optimizer, self.path)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_count_that_is_no_number(self):
        save_optimizer(trained()[0], self.path)
        parts = read(self.path)
        parts.tensors["optimizer.state.0.step"] = torch.zeros(2, 3)
        write(self.path, parts)
        self.refuses("the state in the file has a tensor of 6 elements where a number should be", trained()[0])

    def test_a_lacking_maximum(self):
        optimizer, _ = trained()
        optimizer.param_groups[0]["amsgrad"] = True
        save_optimizer(optimizer, self.path)
        self.refuses("the state of parameter 0 in the file has no 'max_exp_avg_sq', which Adam needs", trained()[0])

    def test_other_groups(self):
        model = model_of(weight=(2, 3), bias=(2,))
        groups = [{"params": [item]} for item in model.items()]
        two = torch.optim.Adam(groups)
        save_optimizer(two, self.path)
        self.refuses("the file has 2 groups, the optimizer 1", trained()[0])
        swapped = torch.optim.Adam([{"params": [item]} for item in reversed(model.items())])
        self.refuses("'bias' is in group 1 of the file, and in group 0 here", swapped)

    def test_parameters_without_names(self):
        model = torch.nn.Linear(3, 2)
        optimizer = torch.optim.Adam(model.parameters())
        with self.assertRaisesRegex(CheckpointError, "parameter 0 of group 0 has no name: build the optimizer from"):
            save_optimizer(optimizer, self.path)
        save_optimizer(optimizer, self.path, by_position=True)
        named = torch.optim.Adam(model.named_parameters())
        self.refuses("group 0 of the file has no names", named)
        load_optimizer(self.path, named, by_position=True)

    def test_a_scheduler_of_another_kind(self):
        optimizer, _ = trained()
        save(self.path, optimizer=optimizer, scheduler=torch.optim.lr_scheduler.StepLR(optimizer, 5))
        other = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)
        with self.assertRaisesRegex(CheckpointError, "has no 'T_max', so it is not one of CosineAnnealingLR"):
            load(self.path, scheduler=other)

    def test_a_scheduler_of_other_schedulers(self):
        def chain(*kinds):
            optimizer, _ = trained()
            return lr_scheduler.ChainedScheduler([kind(optimizer, 5) for kind in kinds])

        step, cosine = lr_scheduler.StepLR, lr_scheduler.CosineAnnealingLR
        save(self.path, scheduler=chain(step, cosine))
        for other, sentence in [
            (chain(step, step), "has no 'step_size', so it is not one of StepLR"),
            (chain(step), "ChainedScheduler in the file is one of another number of schedulers"),
        ]:
            before = other.state_dict()
            with self.assertRaisesRegex(CheckpointError, sentence):
                load(self.path, scheduler=other)
            self.assertEqual(other.state_dict(), before)

    def test_values_of_a_scheduler_that_are_of_another_kind(self):
        def started(name, **options):
            model = model_of(weight=(2, 3))
            optimizer = torch.optim.Adam(list(model.items()))
            kind = getattr(lr_scheduler, name)
            return {"model": model, "optimizer": optimizer, "scheduler": kind(optimizer, **options)}

        cyclic = {"base_lr": 0.1, "max_lr": 0.2}
        for name, options, key, value, sentence in [
            ("StepLR", {"step_size": 5}, "gamma", "x", "gamma of StepLR is 'x' in the file, and 0.1 here"),
            ("StepLR", {"step_size": 5}, "last_epoch", True, "last_epoch of StepLR is True"),
            ("StepLR", {"step_size": 5}, "_last_lr", [None], "_last_lr of StepLR is [None]"),
            ("StepLR", {"step_size": 5}, "base_lrs", [1, 1], "is that of an optimizer with another number of groups"),
            ("CyclicLR", cyclic, "max_lrs", [0.2, 0.2], "max_lrs of CyclicLR is [0.2, 0.2]"),
            ("CyclicLR", cyclic, "_scale_fn_custom", {}, "_scale_fn_custom of CyclicLR is {} in the file"),
            ("OneCycleLR", {"max_lr": 1, "total_steps": 5}, "_schedule_phases", [{}, {}], "_schedule_phases of One"),
            ("LambdaLR", {"lr_lambda": lambda epoch: 1.0}, "lr_lambdas", [], "lr_lambdas of LambdaLR is []"),
            ("ReduceLROnPlateau", {}, "mode", "least", "has a wrong option: mode least is unknown!"),
        ]:
            with self.subTest(key):
                save(self.path, **started(name, **options))
                parts = read(self.path)
                parts.rest["scheduler"][key] = value
                write(self.path, parts)
                other = started(name, **options)
                before = plain(other["scheduler"].state_dict())
                self.refuses(sentence, **other)
                self.assertEqual(plain(other["scheduler"].state_dict()), before)

    def test_files_that_are_none(self):
        contents = {"empty": b"", "cut off": b"\x10\0\0\0\0\0\0\0{", "text": b"not a file of tensors at all"}
        for name, content in contents.items():
            with self.subTest(name):
                self.path.write_bytes(content)
                with self.assertRaisesRegex(CheckpointError, "is no checkpoint"):
                    load(self.path)
        for name, text in {"no JSON": "{", "no object": "[]"}.items():
            with self.subTest(name):
                save_file({}, self.path, {"checkpoint": text})
                with self.assertRaisesRegex(CheckpointError, "is no checkpoint"):
                    load(self.path)
        save_file({}, self.path, {"checkpoint": "{}", "checkpoint_version": "2"})
        with self.assertRaisesRegex(CheckpointError, "has version '2', this reader knows '1'"):
            load(self.path)
        self.path.unlink()
        with self.assertRaises(FileNotFoundError):
            load(self.path)

    def test_files_of_other_programs(self):
        save_file({"weight": torch.zeros(2)}, self.path)
        self.refuses("the file has no state of an optimizer", trained()[0])
        with self.assertRaisesRegex(CheckpointError, "the file has no model tensor 'weight'; it has none"):
            load_model(self.path, {"weight": torch.zeros(2)})

    def test_tensors_that_no_file_can_hold(self):
        save(self.path, model={"weight": torch.zeros(2)})
        for tensor in [torch.zeros(2).to_sparse(), torch.zeros(2, device="meta"), torch.nn.UninitializedParameter(), 3]:
            for act in (save, load):
                with self.subTest(type(tensor).__name__, act=act.__name__):
                    with self.assertRaisesRegex(CheckpointError, "'weight' .*is (sparse|no tensor with values)"):
                        act(self.path, model={"weight": tensor})
        self.assertEqual(os.listdir(self.folder), ["a.safetensors"])

    def test_a_dtype_that_no_file_can_hold_leaves_the_old_file(self):
        save(self.path, epoch=1)
        with self.assertRaisesRegex(CheckpointError, "'model.weight' is complex128, which no file can hold"):
            save_model({"weight": torch.zeros(2, dtype=torch.complex128)}, self.path)
        self.assertEqual(load(self.path), {"epoch": 1})
        self.assertEqual(os.listdir(self.folder), ["a.safetensors"])

    def test_values_that_no_file_can_hold_leave_the_old_file(self):
        save(self.path, epoch=1)
        with self.assertRaisesRegex(CheckpointError, "a checkpoint cannot hold these values"):
            save(self.path, epoch=object())
        with self.assertRaisesRegex(CheckpointError, "a checkpoint cannot hold these values: .*surrogates"):
            save(self.path, epoch="\ud800")
        with self.assertRaisesRegex(CheckpointError, "a checkpoint cannot hold these values: the key '1' is there twice"):
            save(self.path, epochs={1: "one", "1": "one"})
        with self.assertRaisesRegex(CheckpointError, f"JavaScript would round the integer {2**64 - 1}, which a string"):
            save(self.path, seeds=[2**53, 2**64 - 1])
        self.assertEqual(load(self.path), {"epoch": 1})
        self.assertEqual(os.listdir(self.folder), ["a.safetensors"])

    def test_large_integers_that_javascript_can_hold(self):
        values = {"seeds": [2**53, -(2**53), 2**64, 3 * 2**60]}
        save(self.path, **values)
        self.assertEqual(load(self.path), values)


if __name__ == "__main__":
    unittest.main()
