"""Checks the messages together: is one missing, is one there twice, do contracts come from where they may come from?"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Iterator, NamedTuple, Optional

from .file import Message, ProofFile


class Contract(NamedTuple):
    """A contract of the lineage: its messages by version."""

    id: str
    messages: list[Message]

    @property
    def first(self) -> Message:
        return self.messages[0]

    @property
    def last(self) -> Message:
        return self.messages[-1]

    def that_says(self, says: str) -> list[Message]:
        return [m for m in self.messages if m.link.says == says]


def readable(messages: list[Message], type: str) -> list[Message]:
    """Messages of a type whose value is what it should be, by version."""
    found = [m for m in messages if m.link.type == type and m.value is not None]
    return sorted(found, key=lambda m: m.link.version)


def contracts_of(messages: list[Message]) -> list[Contract]:
    """The contracts, the original first."""
    by_id: dict[str, list[Message]] = defaultdict(list)
    for message in readable(messages, "ContractChanged"):
        by_id[message.key].append(message)
    found = [Contract(id, list_) for id, list_ in by_id.items()]
    return sorted(found, key=lambda c: c.first.value["revision"])


def version_problems(messages: list[Message]) -> Iterator[tuple[Optional[Message], str]]:
    """Every log counts its messages about a subject without a gap; of a capability, and of what operators did, others' lie between."""
    logs: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in messages:
        logs[message.topic, message.key].append(message)
    for (topic, key), log in logs.items():
        log.sort(key=lambda m: m.link.version)
        for one, other in zip(log, log[1:]):
            if one.link.version == other.link.version:
                if one.link.digest == other.link.digest:
                    yield other, "it stands in the file twice"
                else:
                    yield other, f"another message was said as version {other.link.version} of {key}: {one.label}"
        if topic == "mandate.capabilities.v1" or topic.startswith("mandate.operators."):
            continue
        last = 0
        for message in log:
            value = message.value
            before = value["from_version"] if value and "from_version" in value else message.link.version - 1
            if before > last:
                yield message, f"versions {last + 1} to {before} of {key} on {topic} are missing from the file"
            last = max(last, message.link.version)


def issue_problems(file: ProofFile) -> Iterator[tuple[Optional[Message], str]]:
    """One issue, one lineage, and the contract that was asked for is in it."""
    issues = Counter(m.link.issue_id for m in file.messages)
    main = issues.most_common(1)[0][0] if issues else None
    for message in file.messages:
        if message.link.issue_id != main:
            yield message, "it is about another issue than the other messages"
    received = [m for m in file.messages if m.link.type == "IssueReceived"]
    if len(received) != 1:
        yield None, f"it holds {len(received)} messages that an issue was received, not one"
    if file.contract_id not in {m.key for m in file.messages if m.link.type == "ContractChanged"}:
        yield None, f"it says nothing of the contract {file.contract_id!r} that it is about"


def descent_problems(contracts: list[Contract], messages: list[Message]) -> Iterator[tuple[Optional[Message], str]]:
    """A contract begins on a MAY, a revision on the modification of its parent; each of these once."""
    by_id = {c.id: c for c in contracts}
    used: dict[bytes, str] = {}
    for contract in contracts:
        first, cause = contract.first, contract.first.header.cause
        value = first.value
        if first.value["from_version"] != 0 or cause is None:
            continue  # its beginning is missing, which was said
        if used.setdefault(cause.link.digest, contract.id) != contract.id:
            yield first, f"what it begins on has already begun contract {used[cause.link.digest]}"
        parent = by_id.get(value["parent_contract_id"] or "")
        if value["revision"] == 0:
            if first.link.says != "ELIGIBLE" or parent is not None or value["parent_contract_id"] is not None:
                yield first, "an original contract begins ELIGIBLE, on its MAY"
            continue
        if first.link.says != "DRAFT":
            yield first, "a revision begins as a DRAFT"
        if parent is None:
            yield first, f"its parent {value['parent_contract_id']} is missing from the file"
            continue
        if parent.last.value["successor_contract_id"] != contract.id or parent.last.link.says != "SUPERSEDED":
            yield first, f"its parent {parent.id} was not superseded by it"
        if value["revision"] != parent.first.value["revision"] + 1:
            yield first, "its revision does not follow its parent's"
        modified = next((m for m in messages if m.link.digest == cause.link.digest), None)
        if modified is not None and modified.key != parent.id:
            yield first, "the modification that it begins on is of another contract than its parent"
    for contract in contracts:
        successor = contract.last.value["successor_contract_id"]
        if successor is not None and successor not in by_id:
            yield contract.last, f"its successor {successor} is missing from the file"
        if len({m.link.plan for m in contract.messages}) > 1:
            yield contract.last, "its plan changed while it lived"


def statement_problems(file: ProofFile) -> Iterator[tuple[Optional[Message], str]]:
    """The statements that are shown to readers are those in the values, all of them."""
    in_values = {
        (m.link.digest.hex(), m.value["statement"], m.value["signature"], m.value["key_id"])
        for m in readable(file.messages, "ReviewDecided")
        if m.value["statement"] is not None and m.value["signature"] is not None and m.value["key_id"] is not None
    }
    if in_values != {tuple(s) for s in file.statements} or len(file.statements) != len(in_values):
        yield None, "the founder's statements that it shows are not those in its messages"
