"""Flips single bits of a proof file and counts how many of them the verifier finds: flip_bits.py PROOF ROOT TIMES SEED

A development tool: it tells in JSON how many were found, how many of those would have been found without the seal, and
which were not found.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys
import tempfile
from typing import Any, Callable

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from mandate_proof.check import check  # noqa: E402
from mandate_proof.reading import Unreadable  # noqa: E402

SEALED = "something in it was altered after the auditor sealed it"


def places(proof: dict[str, Any]) -> list[tuple[dict[str, Any], str, bool]]:
    """Every field that holds links and proofs, a value, or a founder's statement; whether it is base64."""
    found = [(record, name, True) for record in proof["records"] for name in ("mandate", "value")]
    for statement in proof["statements"]:
        found += [(statement, "statement", False), (statement, "signature", True)]
    return found


def flip(data: bytes, draw: random.Random) -> bytes:
    """The same bytes with one bit turned."""
    at = draw.randrange(len(data) * 8)
    turned = bytearray(data)
    turned[at // 8] ^= 1 << at % 8
    return bytes(turned)


def flipped(proof: dict[str, Any], place: tuple[dict[str, Any], str, bool], draw: random.Random) -> Callable[[], None]:
    """Flips a bit in place; the answer puts it back."""
    owner, name, is_base64 = place
    before = owner[name]
    data = flip(base64.b64decode(before) if is_base64 else before.encode(), draw)
    owner[name] = base64.b64encode(data).decode() if is_base64 else data.decode("utf-8", "replace")

    def put_back() -> None:
        owner[name] = before

    return put_back


def main(path: str, root: str, times: int, seed: int) -> dict[str, Any]:
    """Flips as often as asked, each time one bit of the file as it was."""
    draw = random.Random(seed)
    with open(path, encoding="utf-8") as file:
        proof = json.load(file)
    fields = places(proof)
    weights = [len(owner[name]) for owner, name, _ in fields]
    found = without_seal = 0
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "proof.json")
        for i in range(times):
            # Every second time a header, statement or signature: values are long and would have almost all of them.
            owner, name, is_base64 = draw.choice(fields) if i % 2 else draw.choices(fields, weights)[0]
            put_back = flipped(proof, (owner, name, is_base64), draw)
            with open(target, "w", encoding="utf-8") as file:
                json.dump(proof, file)
            put_back()
            try:
                problems = [p.why for p in check(target, root).problems]
            except Unreadable as error:
                problems = [str(error)]
            found += bool(problems)
            without_seal += any(why != SEALED for why in problems)
            if not problems:
                missed.append(name)
    return {"flipped": times, "found": found, "found_without_seal": without_seal, "missed": missed}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
