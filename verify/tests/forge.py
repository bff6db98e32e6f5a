"""Makes whole, honest chains that a test can then bend in one place."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Optional

from pen import CONTRACT, ISSUE, NOW, ZEROS, Pen, Said, key_id, raw, sha256

from mandate_proof.canonical import canonical
from mandate_proof.values import change_of, dossier_digest

AUDIT, JOB, INCIDENT = (f"0199c000-0000-7000-8000-00000000001{i}" for i in range(3))
ORIGIN = {
    "source": "support_ticket",
    "source_system": "desk",
    "reference": "D-1",
    "submitter": None,
    "tenant": None,
    "received_at": NOW,
}
CHANGE = {
    "kind": "configuration_update",
    "capability": "api_rate_limit",
    "lifecycle": None,
    "reason": None,
    "enabled_before": None,
    "lifecycle_before": None,
    "settings": [{"key": "requests_per_minute", "old_value": "100", "new_value": "200"}],
}
CONSTRAINTS = {"max_duration_ms": 60_000, "step_timeout_ms": 5_000, "steps_per_minute": 60, "allowed_targets": []}
PLAN = hashlib.sha256(
    canonical({"changes": [change_of(CHANGE)], "affected_capabilities": ["api_rate_limit"]})
).digest()


class Forge(Pen):
    """What a contract's life is made of, from the issue on."""

    may: Optional[bytes] = None

    def say(self, *arguments: Any, plan: bytes = PLAN, **more: Any) -> Said:
        return super().say(*arguments, plan=plan, **more)

    def eligible(self) -> Said:
        """An issue that becomes an ELIGIBLE contract."""
        payload = sha256(b"the CRM's words")
        issue = self.say(
            "IssueReceived",
            "RECEIVED",
            {
                "issue_id": ISSUE,
                "origin": ORIGIN,
                "idempotency_key": "k",
                "subject": "Raise the limit",
                "body": "please",
                "hints": {"severity": None, "capabilities": [], "change": None},
                "payload_digest": payload,
                "recurrence_of": None,
                "related_to": None,
                "follows": None,
                "status": "RECEIVED",
                "received_at": NOW,
            },
            key=ISSUE,
            plan=ZEROS,
            outside=payload,
        )
        proposal = {
            "issue_id": ISSUE,
            "contract_id": None,
            "revision": 0,
            "origin": ORIGIN,
            "title": "Raise the limit",
            "payload_digest": payload,
            "issue_type": "configuration_change",
            "severity": "low",
            "affected_capabilities": ["api_rate_limit"],
            "unknown_capabilities": [],
            "recommended_action": "create_contract",
            "confidence_score": 0.9,
            "reason": "r",
            "evidence": [],
            "suggestions": [],
            "suggested_changes": [CHANGE],
            "validator_version": "1",
            "registry_version": 1,
        }
        made = self.say("ProposalMade", "PROPOSED", proposal, issue, key=ISSUE)
        verdict = {
            "issue_id": ISSUE,
            "contract_id": None,
            "revision": 0,
            "origin": ORIGIN,
            "proposal": base64.b64decode(self.records[-1]["value"]),
            "verdict": "MAY",
            "first_failing_rule": None,
            "rules": [],
            "facts": "{}",
            "retry_helps": False,
            "retry_at": None,
            "rules_version": "1",
            "registry_version": 1,
            "health_version": 1,
            "judged_at": NOW,
        }
        may = self.say("EligibilityJudged", "MAY", verdict, made, key=ISSUE)
        self.may = base64.b64decode(self.records[-1]["value"])
        steps = [(None, "DRAFT"), ("DRAFT", "VALIDATED"), ("VALIDATED", "ELIGIBLE")]
        return self.say("ContractChanged", "ELIGIBLE", self.contract("ELIGIBLE", 0, steps), may, version=3)

    def contract(
        self, status: str, before: int, steps: list[tuple[Optional[str], str]], approval: Any = None, time: int = NOW
    ) -> dict[str, Any]:
        value = {
            "contract_id": CONTRACT,
            "issue_id": ISSUE,
            "origin": ORIGIN,
            "from_version": before,
            "version": before + len(steps),
            "changes": [
                {
                    "version": before + 1 + i,
                    "from": one,
                    "to": other,
                    "cause": "c",
                    "actor": "a",
                    "code": None,
                    "reason": None,
                    "at": time,
                }
                for i, (one, other) in enumerate(steps)
            ],
            "status": status,
            "status_reason": None,
            "title": "Raise the limit",
            "revision": 0,
            "parent_contract_id": None,
            "successor_contract_id": None,
            "proposed_changes": [CHANGE],
            "affected_capabilities": ["api_rate_limit"],
            "risk_level": "low",
            "health_impact": {"estimate": "none", "completed": 0, "failed": 0, "reason": ""},
            "payload_digest": sha256(b"the CRM's words"),
            "verdict": self.may,
            "plan_digest": PLAN,
            "constraints": CONSTRAINTS,
            "created_at": NOW,
            "expires_at": NOW,
            "ttl_paused_at": None,
            "ttl_ledger": [],
            "clarification": None,
            "approval": approval,
            "waiting": None,
            "since_approval": [],
            "audit_verdict": None,
            "registry_version": 1,
            "health_version": 1,
            "changed_at": time,
        }
        return {**value, "dossier_digest": dossier_digest(value)}

    def statement(self, **more: Any) -> dict[str, Any]:
        """What the founder signs to approve."""
        return {
            "format": "mandate-approval-v1",
            "purpose": "APPROVE",
            "contract_id": CONTRACT,
            "dossier_digest": self.contract("ELIGIBLE", 0, [])["dossier_digest"].hex(),
            "plan_digest": PLAN.hex(),
            "window_start": NOW,
            "window_end": NOW + 3_600_000,
            "constraints": CONSTRAINTS,
            "founder": "f@x",
            "session_id": "s",
            "nonce": "n",
            "not_after": NOW + 60_000,
            **more,
        }

    def active(self, eligible: Said, statement: Optional[dict[str, Any]] = None, sign: Any = None, at: int = NOW) -> Said:
        """From the approval to ACTIVE; `sign` makes another signature than the founder's own key."""
        signed = self.statement() if statement is None else statement
        data = canonical(signed)
        signature, used = sign(data) if sign else (self.founder.sign(data), key_id(raw(self.founder)))
        carried = {"statement": data, "signature": signature, "key_id": used}
        approve = self.say("ReviewDecided", "APPROVE", self.decision("APPROVE", carried), eligible)
        self.show(approve, carried)
        approval = {
            **carried,
            "approved_by": signed["founder"],
            "approved_at": NOW,
            "window_start": signed["window_start"],
            "window_end": signed["window_end"],
        }
        self.say("ContractChanged", "APPROVED", self.contract("APPROVED", 3, [("ELIGIBLE", "APPROVED")], approval), approve)
        value = self.contract("ACTIVE", 4, [("APPROVED", "ACTIVE")], approval, at)
        return self.say("ContractChanged", "ACTIVE", value, approve, time=at)

    def decision(self, action: str, carried: Optional[dict[str, Any]] = None, **more: Any) -> dict[str, Any]:
        return {
            "decision_id": CONTRACT,
            "contract_id": CONTRACT,
            "issue_id": ISSUE,
            "origin": ORIGIN,
            "action": action,
            "actor": "f@x",
            "on_behalf_of": None,
            "session_id": "s",
            "request_id": "r",
            "idempotency_key": "k",
            "dossier_digest": None,
            "version_seen": 3,
            "reason": None,
            "clarification_request_id": None,
            "modified_changes": None,
            "modified_capabilities": None,
            "statement": None,
            "signature": None,
            "key_id": None,
            "attested_checks": None,
            "registry_version": 1,
            "health_version": 1,
            "decided_at": NOW,
            **(carried or {}),
            **more,
        }
