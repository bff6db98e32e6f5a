"""Signs and lays out messages and proof files with keys of its own; what is said is the caller's."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import sys
from typing import Any, Optional
from uuid import UUID

import fastavro
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from mandate_proof import shapes  # noqa: E402
from mandate_proof.canonical import canonical  # noqa: E402
from mandate_proof.vocabulary import SAYS, TYPES, WORDS, WRITERS  # noqa: E402

NOW = 1_760_000_000_000
ISSUE, CONTRACT = "0199c000-0000-7000-8000-000000000001", "0199c000-0000-7000-8000-000000000002"
ZEROS = bytes(32)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Said:
    """A message that was said: its link, and the entry that others cite it by."""

    def __init__(self, link: bytes, proof: bytes, permits: dict[str, "Said"]) -> None:
        self.link, self.proof, self.permits = link, proof, permits

    @property
    def digest(self) -> bytes:
        return sha256(self.link)


class Pen:
    """A root, a key for each service, a founder, and what they say."""

    def __init__(self) -> None:
        self.root = Ed25519PrivateKey.generate()
        self.keys = {writer: Ed25519PrivateKey.generate() for writer in WRITERS}
        self.founder = Ed25519PrivateKey.generate()
        self.records: list[dict[str, Any]] = []
        self.statements: list[dict[str, Any]] = []
        self.versions: dict[tuple[str, str], int] = {}
        public = raw(self.founder)
        self.founders = [
            {"founder": "f@x", "key_id": key_id(public), "kind": "ed25519", "public_key": b64(public)},
        ]
        self.revoked: dict[str, Any] = {}
        self.environment = "local"

    def say(
        self,
        type: str,
        says: str,
        value: dict[str, Any],
        cause: Optional[Said] = None,
        *,
        key: str = CONTRACT,
        version: Optional[int] = None,
        plan: bytes = ZEROS,
        outside: bytes = ZEROS,
        time: int = NOW,
        signer: Optional[str] = None,
        writer: Optional[str] = None,
    ) -> Said:
        """Says a message, and records it."""
        word = WORDS[type]
        by = writer or word.writer
        topic = word.topic_of(by)
        count = self.versions[topic, key] = version or self.versions.get((topic, key), 0) + 1
        frame = b"\x00" + shapes._messages[type][0].to_bytes(4, "big")
        body = io.BytesIO()
        fastavro.schemaless_writer(body, shapes._schema(type), value)
        data = frame + body.getvalue()
        link = b"".join(
            [
                bytes([1, WRITERS.index(by), TYPES.index(type), SAYS.index(says)]),
                os.urandom(16),
                UUID(ISSUE).bytes,
                sha256(key.encode()),
                count.to_bytes(8, "big"),
                time.to_bytes(8, "big"),
                sha256(data),
                plan,
                cause.digest if cause else outside,
            ]
        )
        said = Said(link, self.proof(signer or by, link), self._permits(cause))
        self.records.append(
            {
                "topic": topic,
                "partition": 0,
                "offset": len(self.records),
                "key": key,
                "mandate": b64(self._header(said, cause)),
                "value": b64(data),
            }
        )
        return said

    def proof(self, signer: str, link: bytes) -> bytes:
        """A tree of one leaf."""
        root = sha256(b"\x00" + link)
        key = self.keys[signer]
        return bytes.fromhex(key_id(raw(key))) + bytes([0, 1, 0]) + key.sign(b"mandate-v1" + root)

    def _permits(self, cause: Optional[Said]) -> dict[str, Said]:
        if cause is None:
            return {}
        permits = dict(cause.permits)
        name = (TYPES[cause.link[2]], SAYS[cause.link[3]])
        if name == ("EligibilityJudged", "MAY"):
            permits["may"] = cause
        if name == ("ReviewDecided", "APPROVE"):
            permits["approve"] = cause
        return permits

    def _header(self, said: Said, cause: Optional[Said]) -> bytes:
        roles: dict[int, int] = {}
        entries: list[Said] = []
        for bit, cited in ((1, said), (2, cause), (4, said.permits.get("may")), (8, said.permits.get("approve"))):
            if cited is None:
                continue
            if cited not in entries:
                entries.append(cited)
            roles[id(cited)] = roles.get(id(cited), 0) | bit
        parts = [bytes([roles[id(e)]]) + e.link + e.proof for e in entries]
        return bytes([1, len(parts)]) + b"".join(parts)

    def show(self, said: Said, carried: dict[str, Any]) -> None:
        """A statement as the file shows it to readers."""
        self.statements.append(
            {
                "link": said.digest.hex(),
                "statement": carried["statement"].decode(),
                "signature": b64(carried["signature"]),
                "key_id": carried["key_id"],
            }
        )

    def manifest(self) -> dict[str, Any]:
        services = []
        for writer, key in self.keys.items():
            entry = {
                "service": writer,
                "key_id": key_id(raw(key)),
                "public_key": b64(raw(key)),
                "valid_from": 0,
                "valid_to": None,
            }
            services.append({**entry, **({"revoked": self.revoked[writer]} if writer in self.revoked else {})})
        return {
            "format": "mandate-authority-v1",
            "number": 1,
            "environment": self.environment,
            "services": services,
            "founders": self.founders,
            "catalogue_digests": [],
        }

    def proof_file(self, **more: Any) -> dict[str, Any]:
        """The file, signed and sealed."""
        manifest = self.manifest()
        file = {
            "format": "mandate-proof-v1",
            "contract_id": CONTRACT,
            "made_at": NOW,
            "authority": {"manifest": manifest, "signature": b64(self.root.sign(canonical(manifest)))},
            "records": self.records,
            "statements": self.statements,
            **more,
        }
        auditor = self.keys["auditor"]
        seal = auditor.sign(b"mandate-proof-v1\x00" + sha256(canonical(file)))
        return {**file, "seal": {"key_id": key_id(raw(auditor)), "signature": b64(seal)}}

    def write(self, folder: str, file: Optional[dict[str, Any]] = None) -> tuple[str, str]:
        """Writes file and root key; their paths."""
        proof, root = os.path.join(folder, "proof.json"), os.path.join(folder, "root.pub")
        with open(proof, "w", encoding="utf-8") as out:
            json.dump(self.proof_file() if file is None else file, out)
        with open(root, "wb") as out:
            out.write(self.root.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return proof, root
