"""Chains that hold, and chains that were bent in one place."""

from __future__ import annotations

from typing import Any

from case import Case
from pen import CONTRACT, ISSUE, NOW, b64, sha256

from mandate_proof.canonical import canonical
from mandate_proof.reading import Unreadable


class Honest(Case):
    def test_holds_in_every_state_on_the_way(self) -> None:
        eligible = self.forge.eligible()
        self.assert_holds()
        self.forge.active(eligible)
        self.assert_holds()

    def test_ends_with_0_and_says_who_said_what(self) -> None:
        self.forge.active(self.forge.eligible())
        done = self.run_verify(*self.forge.write(self.folder))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("f@x approves, signed with key", done.stdout)
        self.assertIn("HOLDS: 7 messages", done.stdout)

    def test_shows_hostile_text_as_text(self) -> None:
        self.forge.eligible()
        file = self.forge.proof_file(contract_id="\x1b[2J\u202e")
        proof, root = self.forge.write(self.folder, file)
        done = self.run_verify(proof, root)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("\x1b", done.stdout)
        self.assertIn("<U+001B>", done.stdout)


class Operators(Case):
    """AM-18, FLOW-004: what an operator did to a message of the issue is told by the service where it was done."""

    def discarded(self, **bent: Any) -> None:
        self.forge.eligible()
        value = {
            "service": "contract",
            "number": 7,
            "action": "DISCARD",
            "operator": "sam",
            "subject": "mandate.reviews.v1/0/4",
            "reason": "it was said twice",
            "outcome": "given up",
            "issue_id": ISSUE,
            "contract_id": CONTRACT,
            "message": {
                "topic": "mandate.reviews.v1",
                "partition": 0,
                "offset": "4",
                "key": CONTRACT.encode(),
                "code": "BUG",
                "value_digest": bytes(32),
                "link_digest": None,
            },
            "at": NOW,
        }
        asked = {name: value[name] for name in ("action", "operator", "subject", "reason")}
        said = {"writer": "contract", "key": "contract", "version": 7, "outside": sha256(canonical(asked)), **bent}
        self.forge.say("OperatorActed", "OPERATED", {**value, **said.pop("value", {})}, **said)

    def test_a_message_that_was_given_up_is_told_by_whom_and_why(self) -> None:
        self.discarded()
        self.assert_holds()
        done = self.run_verify(*self.forge.write(self.folder))
        self.assertEqual(done.returncode, 0)
        self.assertIn("operator sam gave up mandate.reviews.v1/0/4, which had been stopped as BUG: “it was said twice”", done.stdout)
        self.assertIn("on an operator's request", done.stdout)

    def test_another_reason_than_the_one_that_was_given_does_not_hold(self) -> None:
        self.discarded(value={"reason": "a better one"})
        self.assert_broken("the operator's request in its value is not the one that it cites")

    def test_no_service_tells_what_was_done_at_another(self) -> None:
        self.discarded(writer="review", signer="review", key="review")
        self.assert_broken("at another service than the one that says it")


class Keys(Case):
    """CHAIN-002: whose key, at what time, and what is left of a key that was stolen."""

    def test_a_link_signed_by_another_service_does_not_hold(self) -> None:
        eligible = self.forge.eligible()
        self.forge.say("ReviewDecided", "NOTE", self.forge.decision("NOTE"), eligible, signer="executor")
        self.assert_broken("is executor's, not review's")

    def test_of_a_revoked_key_only_what_is_listed_stands(self) -> None:
        eligible = self.forge.eligible()
        before = len(self.forge.records)
        note = self.forge.say("ReviewDecided", "NOTE", self.forge.decision("NOTE"), eligible)
        self.forge.revoked["review"] = {"at": NOW, "trusted_offsets": {}, "citable": []}
        self.assert_broken("which is revoked, and is not among what still stands")
        self.forge.revoked["review"] = {"at": NOW, "trusted_offsets": {}, "citable": [note.digest.hex()]}
        self.assert_holds()
        self.forge.revoked["review"] = {"at": NOW, "trusted_offsets": {"mandate.reviews.v1/0": before}, "citable": []}
        self.assert_holds()
        self.forge.revoked["review"] = {"at": NOW, "trusted_offsets": {"mandate.reviews.v1/0": before - 1}, "citable": []}
        self.assert_broken("which is revoked")

    def test_an_offset_is_taken_from_a_seal_that_counts_and_from_nothing_else(self) -> None:
        self.forge.say("ReviewDecided", "NOTE", self.forge.decision("NOTE"), self.forge.eligible())
        self.forge.revoked["review"] = {"at": NOW, "trusted_offsets": {"mandate.reviews.v1/0": 99}, "citable": []}
        self.forge.revoked["auditor"] = {"at": NOW, "trusted_offsets": {}, "citable": []}
        self.assert_broken("which is revoked")
        self.assert_broken("the key that sealed it is revoked")

    def test_a_manifest_that_says_more_than_is_understood_cannot_be_read(self) -> None:
        self.forge.eligible()
        manifest = {**self.forge.manifest(), "exceptions": []}
        authority = {"manifest": manifest, "signature": b64(self.forge.root.sign(canonical(manifest)))}
        with self.assertRaisesRegex(Unreadable, "exceptions"):
            self.problems(self.forge.proof_file(authority=authority))


class Chain(Case):
    """CHAIN-001, CHAIN-002: one writer a topic, every message on a word that permits it, none missing, none twice."""

    def test_what_no_edge_allows_does_not_hold(self) -> None:
        eligible = self.forge.eligible()
        self.forge.say("ContractChanged", "ACTIVE", self.forge.contract("ACTIVE", 3, [("ELIGIBLE", "ACTIVE")]), eligible, version=4)
        self.assert_broken("it may not be said on ContractChanged ELIGIBLE")
        self.assert_broken("a contract cannot go from ELIGIBLE to ACTIVE")
        self.assert_broken("it does not carry the ReviewDecided APPROVE that it needs")

    def test_a_message_on_another_topic_or_key_does_not_hold(self) -> None:
        self.forge.eligible()
        self.forge.records[1]["topic"] = "mandate.contracts.v1"
        self.forge.records[2]["key"] = CONTRACT
        self.assert_broken("a ProposalMade does not belong on mandate.contracts.v1")
        self.assert_broken("its link is about another record key")

    def test_two_messages_of_one_version_do_not_hold(self) -> None:
        eligible = self.forge.eligible()
        for _ in range(2):
            self.forge.say("ReviewDecided", "NOTE", self.forge.decision("NOTE"), eligible, version=1)
        self.assert_broken("another message was said as version 1")

    def test_a_missing_message_is_named_whichever_it_is(self) -> None:
        self.forge.active(self.forge.eligible())
        records = self.forge.records
        for i in range(len(records) - 1):
            with self.subTest(records[i]["topic"]):
                self.forge.records = records[:i] + records[i + 1 :]
                self.assertTrue(self.problems())

    def test_a_plan_other_than_its_digest_does_not_hold(self) -> None:
        self.forge.eligible()
        steps = [("ELIGIBLE", "ELIGIBLE")]
        value = {**self.forge.contract("ELIGIBLE", 3, steps), "affected_capabilities": ["another"]}
        self.forge.say("ContractChanged", "ELIGIBLE", value, None, version=4)
        self.assert_broken("its changes are not the plan that its digest names")
        self.assert_broken("what it shows is not the dossier that its digest names")

    def test_statements_that_are_shown_are_those_that_were_signed(self) -> None:
        self.forge.active(self.forge.eligible())
        self.forge.statements[0]["statement"] = "{}"
        self.assert_broken("the founder's statements that it shows are not those in its messages")
