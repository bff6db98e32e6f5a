#!/usr/bin/env python3
"""Checks a Mandate proof file against the root's public key: verify.py PROOF ROOT_PUBLIC_KEY

Ends with 0 if everything holds, 1 if something does not (it says which message, and why), 2 if the file or the key
cannot be read. Needs Python 3.11, cryptography and fastavro; neither a network nor anything of the services.
"""

from __future__ import annotations

import os
import sys
from typing import Iterator

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

HOLDS, DOES_NOT_HOLD, UNREADABLE = 0, 1, 2
PROBLEMS_SHOWN_MAX = 20


def main(arguments: list[str]) -> int:
    """Runs the check; the exit code says what came of it."""
    if len(arguments) != 2 or arguments[0] in ("-h", "--help"):
        print(__doc__, file=sys.stderr)
        return UNREADABLE
    try:
        # Imported here, so that a missing library is told in a sentence.
        from mandate_proof.check import check
        from mandate_proof.reading import Unreadable
    except ImportError as error:
        print(f"CANNOT BE READ: {error}. Install what is needed: pip install -r requirements.txt", file=sys.stderr)
        return UNREADABLE
    try:
        result = check(*arguments)
    except Unreadable as error:
        return _unreadable(str(error))
    except (Exception, RecursionError, MemoryError) as error:  # hostile bytes must not end in a traceback
        return _unreadable(f"it makes this verifier stumble ({type(error).__name__}: {str(error)[:200]})")
    for line in _report(result):
        print(line)
    return DOES_NOT_HOLD if result.problems else HOLDS


def _unreadable(why: str) -> int:
    from mandate_proof.story import shown

    print(f"CANNOT BE READ: {shown(why)}", file=sys.stderr)
    return UNREADABLE


def _report(result) -> Iterator[str]:
    from mandate_proof.story import hop_lines, rollback_text, shown, verdict_text, when

    file, manifest = result.file, result.manifest
    yield f"Contract {shown(file.contract_id)}, proof made at {when(file.made_at)}"
    if manifest is not None:
        yield f"Keys by manifest {manifest.number} ({manifest.environment}), signed by root {result.root_id}"
        yield ""
        for message in file.messages:
            yield from hop_lines(message)
        yield ""
        yield f"Verdict: {verdict_text(result.contracts, file.contract_id)}."
        if told := rollback_text(file.messages, file.contract_id):
            yield told
    yield ""
    if not result.problems:
        yield f"HOLDS: {len(file.messages)} messages, {result.proofs} proofs, every digest, citation and permit."
        return
    yield f"DOES NOT HOLD: {len(result.problems)} {'thing' if len(result.problems) == 1 else 'things'}"
    for problem in result.problems[:PROBLEMS_SHOWN_MAX]:
        yield f"  {shown(str(problem))}"
    if len(result.problems) > PROBLEMS_SHOWN_MAX:
        yield f"  and {len(result.problems) - PROBLEMS_SHOWN_MAX} more"


if __name__ == "__main__":
    # A terminal that knows no Unicode must not end in a traceback either.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:
        os._exit(UNREADABLE)
