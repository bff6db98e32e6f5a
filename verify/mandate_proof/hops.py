"""Checks each message by itself, as every consumer does before it acts: may it be said, by whom, on whose word?"""

from __future__ import annotations

import hashlib
from typing import Iterator, Optional

from .file import Message
from .keys import Manifest, Signatures
from .link import NO_ISSUE, ZEROS, Link
from .vocabulary import BY_CONTRACT, WORDS, Edge, edge, may_is_for_this_plan, permits_needed


def problems_of(message: Message, manifest: Manifest, signatures: Signatures) -> Iterator[str]:
    """What does not hold of a message."""
    link, header = message.link, message.header
    for cited in header.cited():
        held = cited.link
        word = WORDS[held.type]
        if not word.may_be_of(held.writer):
            yield f"{held.writer} may not say {held.type}"
        elif held.says not in word.says:
            yield f"a {held.type} cannot say {held.says}"
        elif why := signatures.problem(cited):
            yield why if held is link else f"the {held.name} that it cites: {why}"
    if WORDS[link.type].topic_of(link.writer) != message.topic:
        yield f"a {link.type} does not belong on {message.topic}"
    if hashlib.sha256(message.key.encode()).digest() != link.subject:
        yield "its link is about another record key"
    if message.value is None:
        yield "its value is not the one that its link was made for"
    rule = _rule_of(message)
    if rule is None:
        cause = header.cause
        yield f"it may not be said on {cause.link.name if cause else 'no message at all'}"
    else:
        yield from _cause_problems(message, rule)
    yield from _permit_problems(message)


def _rule_of(message: Message) -> Optional[Edge]:
    link, cause = message.link, message.header.cause
    if cause is None:
        return edge("@crm", "", link.type, link.says) or edge("@operator", "", link.type, link.says)
    return edge(cause.link.type, cause.link.says, link.type, link.says)


def _cause_problems(message: Message, rule: Edge) -> Iterator[str]:
    link = message.link
    if link.issue_id == NO_ISSUE:
        yield "it is about no issue"
    if message.header.cause is None:
        if link.cause == ZEROS:
            yield "it cites nothing that it could come from"
        return
    cause = message.header.cause.link
    if link.cause != cause.digest:
        yield "it cites another link than it carries"
    if link.issue_id != cause.issue_id:
        yield "it is about another issue than its cause"
    both_by_contract = link.type in BY_CONTRACT and cause.type in BY_CONTRACT
    if both_by_contract and not rule.moves and link.subject != cause.subject:
        yield "it is about another contract than its cause"
    is_revision = rule.moves and link.type == "ContractChanged"
    if not is_revision and cause.plan not in (ZEROS, link.plan):
        yield "it is about another plan than its cause"


def _permit_problems(message: Message) -> Iterator[str]:
    link, header = message.link, message.header
    needed = permits_needed(link.type, link.says)
    wanted = (("may", header.may, "EligibilityJudged MAY"), ("approve", header.approve, "ReviewDecided APPROVE"))
    for name, cited, meaning in wanted:
        if cited is None:
            if name in needed:
                yield f"it does not carry the {meaning} that it needs"
            continue
        if cited.link.name != meaning:
            yield f"what it carries as {meaning} says {cited.link.name}"
        if cited.link.issue_id != link.issue_id:
            yield f"the {meaning} that it carries is for another issue"
    may, approve = header.may, header.approve
    if may and may_is_for_this_plan(link.type, link.says) and may.link.plan != link.plan:
        yield "the MAY that it carries is for another plan"
    if approve and approve.link.plan != link.plan:
        yield "the APPROVE that it carries is for another plan"
    contract = _contract_of(message)
    if approve and contract is not None and approve.link.subject != contract:
        yield "the APPROVE that it carries is for another contract"


def _contract_of(message: Message) -> Optional[bytes]:
    """SHA-256 of the contract that a message is about; None where that follows from no link."""
    link, cause = message.link, message.header.cause
    if link.type in BY_CONTRACT:
        return link.subject
    return cause.link.subject if cause and cause.link.type in BY_CONTRACT else None


def citation_problems(messages: list[Message], manifest: Manifest, is_sealed: bool) -> Iterator[tuple[Message, str]]:
    """What is cited and missing, and what a revoked key said that no longer counts."""
    known = {m.link.digest: m for m in messages}
    for message in messages:
        for cited in message.header.cited():
            held = cited.link
            if held.digest not in known:
                yield message, f"the {held.name} that it cites (link {held.digest.hex()[:16]}) is missing from the file"
            elif not _stands(held, cited.proof.key_id, known[held.digest], manifest, is_sealed):
                whose = "it was said" if held is message.link else f"the {held.name} that it cites was said"
                yield message, f"{whose} with key {cited.proof.key_id}, which is revoked, and is not among what still stands"


def _stands(link: Link, key_id: str, message: Message, manifest: Manifest, is_sealed: bool) -> bool:
    """Of a revoked key only what is listed stands, and what the auditor's seal puts before the last trusted offset."""
    key = manifest.services.get(key_id)
    if key is None or key.revoked is None or link.digest.hex() in key.revoked.links:
        return True
    return is_sealed and message.offset <= key.revoked.offsets.get(message.log, -1)
