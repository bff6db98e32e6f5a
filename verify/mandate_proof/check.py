"""Everything that is checked of a proof file, in order."""

from __future__ import annotations

import hashlib
from typing import Iterator, NamedTuple, Optional

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .file import Message, Problem, ProofFile, read_proof_file, seal_problem
from .founder import approval_problems, read_statement, signed_answer_problems
from .hops import citation_problems, problems_of
from .keys import Manifest, Signatures, is_root_signature, read_manifest, read_root_key
from .lineage import Contract, contracts_of, descent_problems, issue_problems, statement_problems, version_problems
from .outcome import activation_problems, audit_problems, job_problems, rejection_problems, window_problems
from .values import value_problems


class Result(NamedTuple):
    """What came of a check. Without the root's signature nothing else counts, and `manifest` is None."""

    file: ProofFile
    root_id: str
    manifest: Optional[Manifest]
    contracts: list[Contract]
    proofs: int
    problems: list[Problem]


def check(proof_path: str, root_key_path: str) -> Result:
    """Checks a proof file. Raises Unreadable."""
    root = read_root_key(root_key_path)
    file = read_proof_file(proof_path)
    root_id = hashlib.sha256(root.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
    if not is_root_signature(root, file.manifest, file.root_signature):
        problem = Problem(None, f"its manifest is not signed by root {root_id}")
        return Result(file, root_id, None, [], 0, [problem])
    manifest = read_manifest(file.manifest)
    signatures = Signatures(manifest)
    contracts = contracts_of(file.messages)
    problems = [Problem(*found) for found in _problems(file, manifest, signatures, contracts)]
    return Result(file, root_id, manifest, contracts, signatures.count, problems)


def _problems(
    file: ProofFile, manifest: Manifest, signatures: Signatures, contracts: list[Contract]
) -> Iterator[tuple[Optional[Message], str]]:
    broken_seal = seal_problem(file, manifest)
    if broken_seal:
        yield None, broken_seal
    for message in file.messages:
        for why in problems_of(message, manifest, signatures):
            yield message, why
        for why in value_problems(message):
            yield message, why
    yield from citation_problems(file.messages, manifest, broken_seal is None)
    yield from issue_problems(file)
    yield from version_problems(file.messages)
    yield from statement_problems(file)
    yield from descent_problems(contracts, file.messages)
    by_digest = {m.link.digest: m for m in file.messages}
    signed = {m.link.digest for m in file.messages if read_statement(m, manifest)[0] is not None}
    for contract in contracts:
        yield from approval_problems(contract, by_digest, manifest)
        yield from activation_problems(contract)
        yield from rejection_problems(contract)
        yield from job_problems(contract, file.messages)
        yield from audit_problems(contract, file.messages, signed)
        yield from window_problems(contract, file.messages)
    for message in file.messages:
        yield from signed_answer_problems(message, by_digest, manifest)
