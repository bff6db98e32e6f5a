"""The founder's signature: Ed25519, passkey, browser; for this contract, dossier, plan and window."""

from __future__ import annotations

import base64
import json
from typing import Any, Callable

from case import Case
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from forge import Forge
from pen import ISSUE, NOW, b64, key_id, raw, sha256

from mandate_proof.canonical import canonical
from mandate_proof.reading import Unreadable

RP, ORIGIN_URL = "founders.example", "https://founders.example"


class Founder(Case):
    """PART2-002, AM-13: the founder's signature, whatever key it is by."""

    def passkey(self, key: ec.EllipticCurvePrivateKey, **more: Any) -> Callable[[bytes], tuple[bytes, str]]:
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        entry = {"founder": "f@x", "key_id": key_id(public), "kind": "passkey", "public_key": b64(public)}
        self.forge.founders.append({**entry, "rp_id": RP, "origin": ORIGIN_URL})

        def sign(statement: bytes) -> tuple[bytes, str]:
            flags = more.get("flags", 0x05)
            data = sha256(more.get("rp", RP).encode()) + bytes([flags]) + bytes(4)
            challenge = base64.urlsafe_b64encode(sha256(more.get("challenge", statement))).rstrip(b"=").decode()
            client = json.dumps(
                {
                    "type": more.get("type", "webauthn.get"),
                    "challenge": challenge,
                    "origin": more.get("origin", ORIGIN_URL),
                    "crossOrigin": more.get("cross", False),
                }
            ).encode()
            signature = key.sign(data + sha256(client), ec.ECDSA(SHA256()))
            parts = {"authenticator_data": data, "client_data_json": client, "signature": signature}
            carried = {n: base64.urlsafe_b64encode(p).rstrip(b"=").decode() for n, p in parts.items()}
            return canonical(carried), key_id(public)

        return sign

    def test_a_passkey_that_answers_for_this_statement_holds(self) -> None:
        self.forge.active(self.forge.eligible(), sign=self.passkey(ec.generate_private_key(ec.SECP256R1())))
        self.assert_holds()

    def test_a_passkey_that_answers_for_something_else_does_not_hold(self) -> None:
        bends: list[dict[str, Any]] = [
            {"challenge": b"another statement"},
            {"origin": "https://evil.example"},
            {"rp": "evil.example"},
            {"flags": 0x01},
            {"flags": 0x04},
            {"type": "webauthn.create"},
            {"cross": True},
        ]
        for bend in bends:
            with self.subTest(bend):
                self.forge = Forge()
                sign = self.passkey(ec.generate_private_key(ec.SECP256R1()), **bend)
                self.forge.active(self.forge.eligible(), sign=sign)
                self.assert_broken("the founder's signature over the statement does not hold")

    def test_a_passkey_on_another_curve_does_not_hold(self) -> None:
        sign = self.passkey(ec.generate_private_key(ec.SECP384R1()))
        self.forge.active(self.forge.eligible(), sign=sign)
        self.assert_broken("the founder's signature over the statement does not hold")

    def test_a_browsers_key_holds_in_a_local_run_only(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.forge.founders.append(
            {"founder": "f@x", "key_id": key_id(public), "kind": "browser", "public_key": b64(public)}
        )

        def sign(statement: bytes) -> tuple[bytes, str]:
            r, s = decode_dss_signature(key.sign(statement, ec.ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big"), key_id(public)

        self.forge.active(self.forge.eligible(), sign=sign)
        self.assert_holds()
        self.forge.environment = "production"
        with self.assertRaisesRegex(Unreadable, "only a local run"):
            self.problems()

    def test_a_signature_by_a_key_that_nobody_enrolled_does_not_hold(self) -> None:
        stranger = self.forge.keys["review"]
        self.forge.active(self.forge.eligible(), sign=lambda data: (stranger.sign(data), key_id(raw(stranger))))
        self.assert_broken("is not a key of 'f@x' in the manifest")

    def test_a_statement_that_says_something_else_does_not_hold(self) -> None:
        bends: list[tuple[dict[str, Any], str]] = [
            ({"plan_digest": "0" * 64}, "the founder signed another plan"),
            ({"dossier_digest": "0" * 64}, "the founder signed another dossier"),
            ({"contract_id": ISSUE}, "the founder signed for another contract"),
            ({"not_after": NOW - 1}, "after the founder's statement had lapsed"),
            ({"window_end": NOW + 8 * 86_400_000}, "longer than 7 days"),
            ({"window_start": NOW + 1, "window_end": NOW + 1}, "its window is empty"),
            ({"constraints": {"allowed_targets": [], "max_duration_ms": 60_001, "step_timeout_ms": 1, "steps_per_minute": 1}}, "are wider"),
            ({"more": 1}, "is none that is known"),
            ({"purpose": "RESOLVE"}, "is none that is known"),
        ]
        for more, why in bends:
            with self.subTest(more):
                self.forge = Forge()
                eligible = self.forge.eligible()
                self.forge.active(eligible, self.forge.statement(**more))
                self.assert_broken(why)

    def test_active_outside_the_signed_window_does_not_hold(self) -> None:
        self.forge.active(self.forge.eligible(), at=NOW + 3_600_001)
        self.assert_broken("it became ACTIVE outside the window that the founder signed")
