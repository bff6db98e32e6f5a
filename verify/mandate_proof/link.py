"""Links, their proofs, and the header that carries them: fixed layouts, read as they stand."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, Optional
from uuid import UUID

from .reading import Unreadable
from .vocabulary import SAYS, TYPES, WRITERS

LINK_BYTES = 180
LEAVES_MAX = 64
PATH_MAX = 6
HEADER_BYTES_MAX = 2 + 4 * (1 + LINK_BYTES + 8 + 3 + PATH_MAX * 32 + 64)
ZEROS = bytes(32)
NO_ISSUE = str(UUID(int=0))
SIGNED_PREFIX = b"mandate-v1"
ROLES = (("own", 1), ("cause", 2), ("may", 4), ("approve", 8))


class Link(NamedTuple):
    """What a message means, as it was hashed and signed."""

    raw: bytes
    digest: bytes
    writer: str
    type: str
    says: str
    issue_id: str
    subject: bytes
    version: int
    time: int
    value_digest: bytes
    plan: bytes
    cause: bytes

    @property
    def name(self) -> str:
        return f"{self.type} {self.says}"


class Proof(NamedTuple):
    """A link's place in a signed tree."""

    key_id: str
    index: int
    count: int
    path: tuple[bytes, ...]
    signature: bytes


class Cited(NamedTuple):
    link: Link
    proof: Proof


class Header(NamedTuple):
    own: Cited
    cause: Optional[Cited]
    may: Optional[Cited]
    approve: Optional[Cited]

    def cited(self) -> list[Cited]:
        """Every entry once."""
        found = [c for c in (self.own, self.cause, self.may, self.approve) if c]
        return list(dict.fromkeys(found))


def read_link(raw: bytes, where: str) -> Link:
    """Reads a link of 180 bytes."""
    if len(raw) != LINK_BYTES or raw[0] != 1:
        raise Unreadable(f"{where}: a link has not the layout of format 1")
    if raw[1] >= len(WRITERS) or raw[2] >= len(TYPES) or raw[3] >= len(SAYS):
        raise Unreadable(f"{where}: a link names a writer, type or meaning that there is not")
    version, time = int.from_bytes(raw[68:76], "big"), int.from_bytes(raw[76:84], "big")
    if version >= 2**53 or time >= 2**53:
        raise Unreadable(f"{where}: a link's version or time is out of range")
    return Link(
        raw=raw,
        digest=hashlib.sha256(raw).digest(),
        writer=WRITERS[raw[1]],
        type=TYPES[raw[2]],
        says=SAYS[raw[3]],
        issue_id=str(UUID(bytes=raw[20:36])),
        subject=raw[36:68],
        version=version,
        time=time,
        value_digest=raw[84:116],
        plan=raw[116:148],
        cause=raw[148:180],
    )


def read_header(raw: bytes, where: str) -> Header:
    """Reads the header `mandate`: own link and cited links, each with its proof; nothing may be left over."""
    if len(raw) < 2 or raw[0] != 1 or not 1 <= raw[1] <= 4:
        raise Unreadable(f"{where}: the mandate has not the layout of format 1")
    found: dict[str, Cited] = {}
    at = 2
    for _ in range(raw[1]):
        proof_at = at + 1 + LINK_BYTES
        if proof_at + 11 > len(raw) or raw[proof_at + 10] > PATH_MAX:
            raise Unreadable(f"{where}: the mandate ends in the middle of an entry")
        end = proof_at + 11 + raw[proof_at + 10] * 32 + 64
        if end > len(raw):
            raise Unreadable(f"{where}: the mandate ends in the middle of an entry")
        cited = Cited(read_link(raw[at + 1 : proof_at], where), _proof(raw[proof_at:end]))
        roles = raw[at]
        if not 1 <= roles <= 15:
            raise Unreadable(f"{where}: an entry of the mandate has no known role")
        for role, bit in ROLES:
            if roles & bit:
                if role in found:
                    raise Unreadable(f"{where}: the mandate names two links as {role}")
                found[role] = cited
        at = end
    if at != len(raw) or "own" not in found:
        raise Unreadable(f"{where}: the mandate has no own link, or bytes too many")
    return Header(found["own"], found.get("cause"), found.get("may"), found.get("approve"))


def _proof(raw: bytes) -> Proof:
    path = tuple(raw[11 + i * 32 : 43 + i * 32] for i in range(raw[10]))
    return Proof(raw[:8].hex(), raw[8], raw[9], path, raw[-64:])


def root_of(link: Link, proof: Proof) -> Optional[bytes]:
    """Root of the tree that a proof leads to, or None if index, count and path do not fit each other."""
    index, count = proof.index, proof.count
    if not 1 <= count <= LEAVES_MAX or index >= count:
        return None
    node = hashlib.sha256(b"\x00" + link.raw).digest()
    used = 0
    while count > 1:
        is_last_and_odd = index == count - 1 and count % 2 == 1
        if not is_last_and_odd:
            if used == len(proof.path):
                return None
            sibling = proof.path[used]
            used += 1
            pair = node + sibling if index % 2 == 0 else sibling + node
            node = hashlib.sha256(b"\x01" + pair).digest()
        index, count = index // 2, (count + 1) // 2
    return node if used == len(proof.path) else None
