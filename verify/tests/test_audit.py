"""The verdict: its checks give it, or a founder attested what could not be told."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from case import Case
from forge import AUDIT, JOB, ORIGIN, PLAN
from pen import CONTRACT, ISSUE, NOW, key_id, raw

from mandate_proof.canonical import canonical


class Audit(Case):
    """AM-04, AUDIT-004: what a founder attested, and a FAIL that stays one."""

    CHECKS = [f"A-00{i}" for i in range(1, 8)]

    def job(self) -> dict[str, Any]:
        change = self.forge.contract("ACTIVE", 0, [])["proposed_changes"][0]
        step = {"index": 0, "change": change, "inverse": None, "idempotency_key": "k", "state": "DONE", "health_seen": []}
        times = {"started_at": NOW, "ended_at": NOW}
        return {
            **{"job_id": JOB, "contract_id": CONTRACT, "issue_id": ISSUE, "origin": ORIGIN, "kind": "CHANGE"},
            **{"attempt": 1, "from_version": 0, "version": 1, "changes": [], "state": "COMPLETED"},
            **{"steps": [{**step, "code": None, "detail": None, **times}], "plan_digest": PLAN, "capability_versions": []},
            **{"code": None, "reason": None, "registry_version": 1, "health_version": 1, "created_at": NOW, **times},
        }

    def evaluated(self) -> Any:
        active = self.forge.active(self.forge.eligible())
        done = self.forge.say("JobChanged", "JOB_DONE", self.job(), active)
        value = {
            **{"evaluation_id": AUDIT, "contract_id": CONTRACT, "issue_id": ISSUE, "job_id": JOB, "origin": ORIGIN},
            **{"kind": "CHANGE", "attempt": 1, "capabilities_healthy": "YES", "invariants": [], "execution_matched": "YES"},
            **{"scopes": [], "reason": "", "window_start": NOW, "window_end": NOW, "plan_digest": PLAN},
            **{"registry_version": 1, "health_version": 1, "evaluated_at": NOW},
        }
        return self.forge.say("JobEvaluated", "EVALUATED", value, done)

    def audit(self, verdict: str, results: dict[str, str], cause: Any, attestation: Any = None, taken: tuple[str, ...] = ()) -> Any:
        checks = [
            {"id": id, "result": results.get(id, "PASS"), "evidence": '{"attested":{}}' if id in taken else "{}"}
            for id in self.CHECKS
        ]
        value = {
            **{"audit_id": AUDIT, "contract_id": CONTRACT, "issue_id": ISSUE, "job_id": JOB, "origin": ORIGIN},
            **{"kind": "CHANGE", "job_attempt": 1, "attempt": 1, "verdict": verdict, "is_final": True, "checks": checks},
            **{"reason": "", "attestation": attestation, "plan_digest": PLAN, "registry_version": 1, "health_version": 1},
            "concluded_at": NOW,
        }
        return self.forge.say("AuditConcluded", verdict, value, cause)

    def attested(self, open_: Any, **more: Any) -> tuple[Any, dict[str, Any]]:
        answered = hashlib.sha256(base64.b64decode(self.forge.records[-1]["value"])).hexdigest()
        statement = {
            **{"format": "mandate-attest-v1", "purpose": "ATTEST", "contract_id": CONTRACT, "audit_id": AUDIT},
            **{"audit_digest": answered, "checks": ["A-002"], "reason": "I looked at it myself"},
            **{"founder": "f@x", "session_id": "s", "nonce": "n", "not_after": NOW + 1, **more},
        }
        data = canonical(statement)
        carried = {"statement": data, "signature": self.forge.founder.sign(data), "key_id": key_id(raw(self.forge.founder))}
        decision = self.forge.decision("ATTEST", carried, attested_checks=["A-002"], reason="I looked at it myself")
        said = self.forge.say("ReviewDecided", "ATTEST", decision, open_)
        self.forge.show(said, carried)
        return said, {"decision_id": CONTRACT, "founder": "f@x", **carried, "attested_at": NOW}

    def test_a_verdict_on_what_a_founder_attested_holds(self) -> None:
        open_ = self.audit("INCONCLUSIVE", {"A-002": "INCONCLUSIVE"}, self.evaluated())
        said, carried = self.attested(open_)
        self.audit("PASS", {}, said, carried, taken=("A-002",))
        self.assert_holds()

    def test_an_attestation_of_another_audit_does_not_hold(self) -> None:
        open_ = self.audit("INCONCLUSIVE", {"A-002": "INCONCLUSIVE"}, self.evaluated())
        said, carried = self.attested(open_, audit_digest="0" * 64)
        self.audit("PASS", {}, said, carried, taken=("A-002",))
        self.assert_broken("the founder signed for another audit")

    def test_what_no_founder_attested_is_not_taken_for_attested(self) -> None:
        self.audit("PASS", {}, self.evaluated(), taken=("A-003",))
        self.assert_broken("it takes A-003 as attested, which no founder did")

    def test_a_pass_over_a_failed_or_open_check_does_not_hold(self) -> None:
        evaluated = self.evaluated()
        self.audit("PASS", {"A-003": "FAIL"}, evaluated)
        self.assert_broken("it passes although a check failed")
        self.audit("PASS", {"A-003": "INCONCLUSIVE"}, evaluated)
        self.assert_broken("it passes although a check is open")

    def test_a_fail_stays_a_fail(self) -> None:
        evaluated = self.evaluated()
        self.audit("FAIL", {"A-003": "FAIL"}, evaluated)
        self.audit("PASS", {}, evaluated)
        self.assert_broken("the same job was failed and passed")
