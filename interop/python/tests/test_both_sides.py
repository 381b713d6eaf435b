"""The checkpoints in test/vectors that both sides read: of this package, and of adam-wasm."""

import os
import pathlib
import sys
import tempfile
import unittest

# Kernels without FMA, whose bits are those of WebAssembly; read when torch is imported.
os.environ["ATEN_CPU_CAPABILITY"] = "default"

import torch  # noqa: E402

VECTORS = pathlib.Path(__file__).parents[3] / "test" / "vectors"
sys.path.insert(0, str(VECTORS))

import generate_both_sides as both_sides  # noqa: E402

from adam_wasm_checkpoint import load  # noqa: E402
from adam_wasm_checkpoint.file import read  # noqa: E402


class BothSides(unittest.TestCase):
    def test_the_file_of_this_package_is_what_its_generator_writes(self):
        with tempfile.TemporaryDirectory() as folder:
            both_sides.write(pathlib.Path(folder))
            found = read(pathlib.Path(folder) / "both-sides-python.safetensors")
        expected = read(VECTORS / "both-sides-python.safetensors")
        self.assertEqual(repr(found.rest), repr(expected.rest))
        self.assertEqual(found.tensors.keys(), expected.tensors.keys())
        for name, tensor in expected.tensors.items():
            self.assertTrue(torch.equal(found.tensors[name], tensor), name)

    def test_the_file_of_adam_wasm_is_where_torch_arrives(self):
        parts, expected = both_sides.start(), both_sides.trained()
        rest = load(VECTORS / "both-sides-here.safetensors", **parts)
        self.assertEqual(repr(rest), "{'epoch': 5, 'losses': [0.5, -0.0, inf, nan]}")
        for name, param in expected["model"].items():
            found = parts["model"][name]
            self.assertTrue(torch.equal(found, param), name)
            for key, value in expected["optimizer"].state[param].items():
                self.assertTrue(torch.equal(parts["optimizer"].state[found][key], value), f"{name} {key}")
        for found, group in zip(parts["optimizer"].param_groups, expected["optimizer"].param_groups, strict=True):
            self.assertIs(found["exact"], True)
            for key in group.keys() - {"params"}:
                self.assertEqual(found[key], group[key], key)
        self.assertEqual(parts["scheduler"].state_dict(), expected["scheduler"].state_dict())


if __name__ == "__main__":
    unittest.main()
