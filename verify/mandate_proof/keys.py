"""Whose keys count: the manifest that the root signed, and what those keys signed."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, NamedTuple, Optional

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from .canonical import NotCanonical, canonical
from .link import SIGNED_PREFIX, Cited, root_of
from .reading import Unreadable, base64_of, fields_of, list_of, number_of, parse_json, read_bytes, text_of
from .vocabulary import WRITERS

KEYS_MAX = 10_000
USER_PRESENT, USER_VERIFIED = 0x01, 0x04
AUTHENTICATOR_DATA_MIN = 37


class Revocation(NamedTuple):
    """What still stands of a key that was stolen: what was said up to an offset, and links named one by one."""

    offsets: dict[str, int]
    links: frozenset[str]


class ServiceKey(NamedTuple):
    service: str
    key: ed25519.Ed25519PublicKey
    valid_from: int
    valid_to: Optional[int]
    revoked: Optional[Revocation]


class FounderKey(NamedTuple):
    founder: str
    kind: str
    public_key: bytes
    rp_id: Optional[str]
    origin: Optional[str]


class Manifest(NamedTuple):
    number: int
    environment: str
    services: dict[str, ServiceKey]
    founders: dict[str, FounderKey]
    catalogues: frozenset[str]


def read_root_key(path: str) -> ed25519.Ed25519PublicKey:
    """The root's public key from a PEM file."""
    data = read_bytes(path, 10_000, "the root's public key")
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable(f"the root's public key {path!r} is no PEM public key") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise Unreadable(f"the root's public key {path!r} is no Ed25519 key")
    return key


def is_root_signature(root: ed25519.Ed25519PublicKey, manifest: Any, signature: bytes) -> bool:
    """Whether the root signed this manifest."""
    try:
        return _holds(root, canonical(manifest), signature)
    except NotCanonical:
        return False


def read_manifest(value: Any) -> Manifest:
    """The manifest's content; what it says that is not understood here is not passed over."""
    where = "the manifest"
    names = "format number environment services founders catalogue_digests"
    fields = fields_of(value, where, names)
    if fields["format"] != "mandate-authority-v1":
        raise Unreadable(f"{where} is not of the format mandate-authority-v1")
    environment = fields["environment"]
    if environment not in ("local", "production"):
        raise Unreadable(f"{where} does not say for which environment it is")
    services = [_service_key(k, f"{where}, service key {i}") for i, k in _entries(fields["services"], where)]
    founders = [_founder_key(k, f"{where}, founder's key {i}") for i, k in _entries(fields["founders"], where)]
    if environment == "production" and any(key.kind == "browser" for _, key in founders):
        raise Unreadable(f"{where} is for production and names a key that only a local run may have")
    if len(dict(services)) != len(services) or len(dict(founders)) != len(founders):
        raise Unreadable(f"{where} names a key twice")
    catalogues = [text_of(d, f"{where}, a catalogue's digest") for _, d in _entries(fields["catalogue_digests"], where)]
    number = number_of(fields["number"], f"{where}'s number")
    return Manifest(number, environment, dict(services), dict(founders), frozenset(catalogues))


def _entries(value: Any, where: str) -> list[tuple[int, Any]]:
    return list(enumerate(list_of(value, where, KEYS_MAX), start=1))


def _service_key(value: Any, where: str) -> tuple[str, ServiceKey]:
    f = fields_of(value, where, "service key_id public_key valid_from valid_to", "revoked")
    raw = base64_of(f["public_key"], where, 32)
    if len(raw) != 32 or f["key_id"] != hashlib.sha256(raw).hexdigest()[:16]:
        raise Unreadable(f"{where}: its id is not that of its public key")
    if f["service"] not in WRITERS:
        raise Unreadable(f"{where} is of an unknown service")
    valid_to = f["valid_to"] if f["valid_to"] is None else number_of(f["valid_to"], where)
    revoked = _revocation(f["revoked"], where) if f.get("revoked") is not None else None
    key = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    return f["key_id"], ServiceKey(f["service"], key, number_of(f["valid_from"], where), valid_to, revoked)


def _revocation(value: Any, where: str) -> Revocation:
    f = fields_of(value, f"{where}, its revocation", "at trusted_offsets citable")
    if not isinstance(f["trusted_offsets"], dict):
        raise Unreadable(f"{where}: its revocation names no offsets")
    offsets = {text_of(name, where): number_of(offset, where) for name, offset in f["trusted_offsets"].items()}
    links = [text_of(d, where) for d in list_of(f["citable"], where, 1_000_000)]
    return Revocation(offsets, frozenset(links))


def _founder_key(value: Any, where: str) -> tuple[str, FounderKey]:
    f = fields_of(value, where, "founder key_id kind public_key", "rp_id origin")
    raw = base64_of(f["public_key"], where, 2_000)
    if f["kind"] not in ("ed25519", "passkey", "browser"):
        raise Unreadable(f"{where} is of an unknown kind")
    if f["key_id"] != hashlib.sha256(raw).hexdigest()[:16]:
        raise Unreadable(f"{where}: its id is not that of its public key")
    rp_id, origin = (text_of(f[n], where) if f.get(n) is not None else None for n in ("rp_id", "origin"))
    if f["kind"] == "passkey" and (rp_id is None or origin is None):
        raise Unreadable(f"{where} is a passkey without relying party or origin")
    return f["key_id"], FounderKey(text_of(f["founder"], where), f["kind"], raw, rp_id, origin)


class Signatures:
    """Checks signatures over trees of links; each tree once."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.known: dict[tuple[str, bytes, bytes], bool] = {}
        self.count = 0

    def problem(self, cited: Cited) -> Optional[str]:
        """What does not hold of a link's proof; None if it holds."""
        link, proof = cited
        self.count += 1
        key = self.manifest.services.get(proof.key_id)
        if key is None:
            return f"no key {proof.key_id} is in the manifest"
        if key.service != link.writer:
            return f"key {proof.key_id} is {key.service}'s, not {link.writer}'s"
        if link.time < key.valid_from or (key.valid_to is not None and link.time >= key.valid_to):
            return f"key {proof.key_id} was not {link.writer}'s at that time"
        root = root_of(link, proof)
        if root is None:
            return "the path of its proof does not fit its tree"
        asked = (proof.key_id, root, proof.signature)
        if asked not in self.known:
            self.known[asked] = _holds(key.key, SIGNED_PREFIX + root, proof.signature)
        return None if self.known[asked] else f"the signature of {link.writer} over it does not hold"


def is_sealed(key: ServiceKey, signature: bytes, content: bytes) -> bool:
    """Whether the auditor sealed this content."""
    return _holds(key.key, b"mandate-proof-v1\x00" + hashlib.sha256(content).digest(), signature)


def _holds(key: ed25519.Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, message)
        return True
    except InvalidSignature:
        return False


def is_signed_by_founder(key: FounderKey, statement: bytes, signature: bytes) -> bool:
    """Whether a founder's key signed a statement, whatever kind of key it is."""
    try:
        if key.kind == "ed25519":
            return _holds(ed25519.Ed25519PublicKey.from_public_bytes(key.public_key), statement, signature)
        public = load_der_public_key(key.public_key)
        if key.kind == "browser":
            return len(signature) == 64 and _ecdsa(public, statement, _der_of(signature))
        return _assertion(key, public, statement, signature)
    except (ValueError, UnsupportedAlgorithm, Unreadable):
        return False


def _assertion(key: FounderKey, public: Any, statement: bytes, carried: bytes) -> bool:
    """A passkey's answer: for this statement, from the one origin, for the one relying party, by a person who is there."""
    f = fields_of(parse_json(carried.decode(), "an assertion"), "it", "authenticator_data client_data_json signature")
    if canonical(f) != carried:
        return False
    data, client_json, signature = (
        _base64url(f[n]) for n in ("authenticator_data", "client_data_json", "signature")
    )
    client = parse_json(client_json.decode(), "the client's data")
    if not isinstance(client, dict) or client.get("type") != "webauthn.get":
        return False
    if client.get("challenge") != _base64url_text(hashlib.sha256(statement).digest()):
        return False
    if client.get("origin") != key.origin or client.get("crossOrigin") is True:
        return False
    if len(data) < AUTHENTICATOR_DATA_MIN or data[:32] != hashlib.sha256((key.rp_id or "").encode()).digest():
        return False
    if not data[32] & USER_PRESENT or not data[32] & USER_VERIFIED:
        return False
    signed = data + hashlib.sha256(client_json).digest()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return _holds(public, signed, signature)
    return _ecdsa(public, signed, signature)


def _ecdsa(public: Any, message: bytes, signature: bytes) -> bool:
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        return False
    try:
        public.verify(signature, message, ec.ECDSA(SHA256()))
        return True
    except InvalidSignature:
        return False


def _der_of(signature: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def _base64url_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _base64url(text: Any) -> bytes:
    if not isinstance(text, str):
        raise Unreadable("it is no base64url")
    data = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    if _base64url_text(data) != text:
        raise Unreadable("it is no base64url")
    return data
