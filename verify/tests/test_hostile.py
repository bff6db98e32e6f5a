"""Hostile files, and the numbers and texts that digests are over."""

from __future__ import annotations

import base64
import json
import unittest
from typing import Any

from case import Case
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from forge import Forge
from pen import b64, sha256

from mandate_proof.canonical import canonical, number_text
from mandate_proof.reading import JSON_DEPTH_MAX


class Hostile(Case):
    """Whatever stands in the file: an exit code and a sentence, never a traceback."""

    def assert_unreadable(self, data: bytes) -> None:
        done = self.run_on(data)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertTrue(done.stderr.startswith("CANNOT BE READ: "), done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def file(self, **more: Any) -> bytes:
        self.forge.eligible()
        return json.dumps({**self.forge.proof_file(), **more}).encode()

    def test_what_is_no_proof_file(self) -> None:
        whole = self.file()
        files = {
            "nothing": b"",
            "bytes": bytes(range(256)),
            "half": whole[: len(whole) // 2],
            "a list": b"[]",
            "null": b"null",
            "two fields of one name": b'{"format":1,"format":2}',
            "another format": self.file(format="mandate-proof-v2"),
            "a field too many": self.file(more=1),
            "deep": b"[" * 100_000 + b"]" * 100_000,
            "deep objects": b'{"a":' * (JSON_DEPTH_MAX + 1) + b"1" + b"}" * (JSON_DEPTH_MAX + 1),
            "NaN": self.file(made_at=float("nan")),
            "a number without end": b'{"made_at":' + b"9" * 1_000_000 + b"}",
            "an infinite number": b'{"made_at":1e999}',
            "negative": self.file(made_at=-1),
            "a lone surrogate": self.file(contract_id="\ud800"),
            "records of another kind": self.file(records={"a": 1}),
            "too many records": self.file(records=[0] * 5_001),
            "a record that is none": self.file(records=[[]]),
            "a manifest that is none": self.file(authority=[]),
            "a huge file": b" " * (32 * 1024 * 1024 + 1),
        }
        for name, data in files.items():
            with self.subTest(name):
                self.assert_unreadable(data)

    def test_a_mandate_that_is_none(self) -> None:
        self.forge.eligible()
        header = base64.b64decode(self.forge.records[0]["mandate"])
        for name, mandate in {
            "empty": b"",
            "another format": b"\x02" + header[1:],
            "no entries": b"\x01\x00",
            "five entries": b"\x01\x05" + header[2:],
            "cut": header[:-1],
            "bytes too many": header + b"\x00",
            "a path that goes on": header[:193] + b"\xff" + header[194:],
            "no role": header[:2] + b"\x00" + header[3:],
            "no own link": header[:2] + b"\x02" + header[3:],
            "an unknown writer": header[:4] + b"\xff" + header[5:],
        }.items():
            with self.subTest(name):
                record = {**self.forge.records[0], "mandate": b64(mandate)}
                self.assert_unreadable(json.dumps(self.forge.proof_file(records=[record])).encode())

    def test_avro_that_promises_more_than_there_is(self) -> None:
        def varint(number: int) -> bytes:
            number = (number << 1) ^ (number >> 63)
            out = b""
            while number > 0x7F:
                out += bytes([number & 0x7F | 0x80])
                number >>= 7
            return out + bytes([number])

        one = varint(1) + b"a"
        until_list = one * 4 + b"\x00\x00" + varint(5) + one * 3 + b"\x00"
        frame = b"\x00" + (1002).to_bytes(4, "big")
        for name, body in {
            "a text of 2^62 bytes": varint(2**62),
            "a text of -5 bytes": varint(-5),
            "a list of 2^60": until_list + varint(2**60),
            "a list of -2^60": until_list + varint(-(2**60)) + varint(2**62),
            "a number without end": b"\xff" * 1_000,
            "nothing": b"",
        }.items():
            with self.subTest(name):
                self.forge = Forge()
                self.forge.eligible()
                record = self.forge.records[0]
                header = bytearray(base64.b64decode(record["mandate"]))
                header[3 + 84 : 3 + 116] = sha256(frame + body)
                bent = {**record, "mandate": b64(bytes(header)), "value": b64(frame + body)}
                self.assert_unreadable(json.dumps(self.forge.proof_file(records=[bent])).encode())

    def test_a_root_key_that_is_none(self) -> None:
        self.forge.eligible()
        proof, root = self.forge.write(self.folder)
        for name, data in {"nothing": b"", "no key": b"-----BEGIN PUBLIC KEY-----", "an EC key": self.ec_key()}.items():
            with self.subTest(name):
                with open(root, "wb") as out:
                    out.write(data)
                done = self.run_verify(proof, root)
                self.assertEqual(done.returncode, 2)
                self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(self.run_verify(proof, "/no/such/file").returncode, 2)
        self.assertEqual(self.run_verify(proof).returncode, 2)

    @staticmethod
    def ec_key() -> bytes:
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Canonical(unittest.TestCase):
    def test_numbers_as_ecmascript_writes_them(self) -> None:
        for number, text in {
            0.0: "0",
            -0.0: "0",
            1.0: "1",
            1e20: "100000000000000000000",
            1e21: "1e+21",
            1.5e-7: "1.5e-7",
            0.000001: "0.000001",
            5e-324: "5e-324",
            1.7976931348623157e308: "1.7976931348623157e+308",
            1 / 3: "0.3333333333333333",
            -4.35: "-4.35",
        }.items():
            self.assertEqual(number_text(number), text)

    def test_fields_in_the_order_of_utf_16_and_no_more_escapes_than_needed(self) -> None:
        value = {"\ufb33": 1, "\U0001f600": 2, "\n": "\u00e9\u0007/"}
        self.assertEqual(canonical(value), b'{"\\n":"\xc3\xa9\\u0007/","\xf0\x9f\x98\x80":2,"\xef\xac\xb3":1}')
