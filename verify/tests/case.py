"""What the tests share: a forge, a folder, and the verifier as it is called."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Optional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from forge import Forge

from mandate_proof.check import check

VERIFY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "verify.py")


class Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.forge = Forge()

    def problems(self, file: Optional[dict[str, Any]] = None) -> list[str]:
        return [str(p) for p in check(*self.forge.write(self.folder, file)).problems]

    def assert_holds(self) -> None:
        self.assertEqual(self.problems(), [])

    def assert_broken(self, why: str, file: Optional[dict[str, Any]] = None) -> None:
        problems = self.problems(file)
        self.assertTrue(any(why in p for p in problems), problems)

    def run_on(self, data: bytes) -> subprocess.CompletedProcess[str]:
        proof, root = self.forge.write(self.folder)
        with open(proof, "wb") as out:
            out.write(data)
        return self.run_verify(proof, root)

    @staticmethod
    def run_verify(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, VERIFY, *arguments], capture_output=True, text=True, timeout=60)
