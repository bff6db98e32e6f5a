"""The proof file: its fields, its records, its seal."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple, Optional

from .canonical import canonical
from .keys import Manifest, is_sealed
from .link import HEADER_BYTES_MAX, Header, Link, read_header
from .reading import (
    FILE_BYTES_MAX,
    Unreadable,
    base64_of,
    fields_of,
    list_of,
    number_of,
    parse_json,
    read_bytes,
    text_of,
)
from .shapes import read_value

RECORDS_MAX = 5_000
VALUE_BYTES_MAX = 1_048_576
KEY_CHARACTERS_MAX = 1_000


class Problem(NamedTuple):
    """What does not hold, and of which message; of the file as a whole if there is none."""

    message: Optional["Message"]
    why: str

    def __str__(self) -> str:
        return f"{self.message.label}: {self.why}" if self.message else f"the file: {self.why}"


class Message(NamedTuple):
    """A message as it was recorded. `value` is None where its bytes are not the ones that its link was made for."""

    topic: str
    partition: int
    offset: int
    key: str
    header: Header
    link: Link
    value_bytes: bytes
    value: Optional[dict[str, Any]]

    @property
    def log(self) -> str:
        return f"{self.topic}/{self.partition}"

    @property
    def label(self) -> str:
        return f"{self.link.name} (version {self.link.version}, {self.log}/{self.offset}, link {self.link.digest.hex()[:16]})"


class Statement(NamedTuple):
    """A founder's statement as the file shows it to readers."""

    link: str
    statement: bytes
    signature: bytes
    key_id: str


class ProofFile(NamedTuple):
    contract_id: str
    made_at: int
    manifest: Any
    root_signature: bytes
    messages: list[Message]
    statements: list[Statement]
    sealed: bytes
    seal_key: str
    seal: bytes


def read_proof_file(path: str) -> ProofFile:
    """Reads the file and everything in it; nothing is checked yet."""
    data = read_bytes(path, FILE_BYTES_MAX, "the proof file")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unreadable("the proof file is no UTF-8") from None
    names = "format contract_id made_at authority records statements seal"
    f = fields_of(parse_json(text, "the proof file"), "the proof file", names)
    if f["format"] != "mandate-proof-v1":
        raise Unreadable("the proof file is not of the format mandate-proof-v1")
    authority = fields_of(f["authority"], "authority", "manifest signature")
    seal = fields_of(f["seal"], "the seal", "key_id signature")
    records = list_of(f["records"], "records", RECORDS_MAX)
    statements = list_of(f["statements"], "statements", RECORDS_MAX)
    return ProofFile(
        contract_id=text_of(f["contract_id"], "contract_id", 36),
        made_at=number_of(f["made_at"], "made_at"),
        manifest=authority["manifest"],
        root_signature=base64_of(authority["signature"], "the root's signature", 64),
        messages=[_message(record, f"record {i}") for i, record in enumerate(records, start=1)],
        statements=[_statement(s, f"statement {i}") for i, s in enumerate(statements, start=1)],
        sealed=canonical({name: f[name] for name in f if name != "seal"}),
        seal_key=text_of(seal["key_id"], "the seal's key", 16),
        seal=base64_of(seal["signature"], "the seal", 64),
    )


def _message(record: Any, where: str) -> Message:
    f = fields_of(record, where, "topic partition offset key mandate value")
    header = read_header(base64_of(f["mandate"], f"{where}, mandate", HEADER_BYTES_MAX), where)
    value_bytes = base64_of(f["value"], f"{where}, value", VALUE_BYTES_MAX)
    link = header.own.link
    is_untouched = hashlib.sha256(value_bytes).digest() == link.value_digest
    return Message(
        topic=text_of(f["topic"], f"{where}, topic", 100),
        partition=number_of(f["partition"], f"{where}, partition"),
        offset=number_of(f["offset"], f"{where}, offset"),
        key=text_of(f["key"], f"{where}, key", KEY_CHARACTERS_MAX),
        header=header,
        link=link,
        value_bytes=value_bytes,
        value=read_value(link.type, value_bytes, f"{where} ({link.name})") if is_untouched else None,
    )


def _statement(value: Any, where: str) -> Statement:
    f = fields_of(value, where, "link statement signature key_id")
    return Statement(
        link=text_of(f["link"], where, 64),
        statement=text_of(f["statement"], where, 100_000).encode(),
        signature=base64_of(f["signature"], where, 100_000),
        key_id=text_of(f["key_id"], where, 16),
    )


def seal_problem(file: ProofFile, manifest: Manifest) -> Optional[str]:
    """What does not hold of the seal: the auditor's word that these are all its records, as they stood."""
    key = manifest.services.get(file.seal_key)
    if key is None or key.service != "auditor":
        return "it is not sealed by a key of the auditor"
    if file.made_at < key.valid_from or (key.valid_to is not None and file.made_at >= key.valid_to):
        return "the key that sealed it was not the auditor's at that time"
    if key.revoked is not None:
        return "the key that sealed it is revoked: whoever has it could have sealed anything"
    if not is_sealed(key, file.seal, file.sealed):
        return "something in it was altered after the auditor sealed it"
    return None
