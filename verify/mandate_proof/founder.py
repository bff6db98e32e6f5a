"""Checks what the founder signed: an approval, an attestation of an audit's open checks, the end of an incident."""

from __future__ import annotations

from typing import Any, Iterator, Optional

from .canonical import NotCanonical, canonical
from .file import Message
from .keys import Manifest, is_signed_by_founder
from .lineage import Contract
from .reading import Unreadable, parse_json

DAY_MS = 86_400_000
WINDOW_LENGTH_MAX_MS = 7 * DAY_MS
WINDOW_START_MAX_MS = 30 * DAY_MS
_SIGNED = "contract_id format founder nonce not_after purpose session_id"
_FIELDS = {
    "mandate-approval-v1": ("APPROVE", "constraints dossier_digest plan_digest window_end window_start"),
    "mandate-attest-v1": ("ATTEST", "audit_digest audit_id checks reason"),
    "mandate-resolve-v1": ("RESOLVE", "incident_id incident_version reason"),
}
_CONSTRAINTS = ["allowed_targets", "max_duration_ms", "step_timeout_ms", "steps_per_minute"]


def read_statement(decision: Message, manifest: Manifest) -> tuple[Optional[dict[str, Any]], str]:
    """The statement of a decision, if a registered founder's key signed it; else why not."""
    value = decision.value or {}
    data, signature, key_id = (value.get(name) for name in ("statement", "signature", "key_id"))
    if data is None or signature is None or key_id is None:
        return None, "no founder signed it"
    try:
        statement = parse_json(data.decode(), "the founder's statement")
        format = statement.get("format") if isinstance(statement, dict) else None
        purpose, fields = _FIELDS.get(format if isinstance(format, str) else "", ("", ""))
        if sorted(statement) != sorted(f"{_SIGNED} {fields}".split()) or statement["purpose"] != purpose:
            return None, "the founder's statement is none that is known"
        if canonical(statement) != data:
            return None, "the founder's statement is not in its one form"
    except (Unreadable, NotCanonical, UnicodeDecodeError, TypeError):
        return None, "the founder's statement cannot be read"
    key = manifest.founders.get(key_id)
    if key is None or key.founder != statement["founder"]:
        return None, f"key {key_id} is not a key of {statement['founder']!r} in the manifest"
    if not is_signed_by_founder(key, data, signature):
        return None, "the founder's signature over the statement does not hold"
    if purpose != decision.link.says:
        return None, f"the founder signed to {purpose}"
    if statement["contract_id"] != decision.key:
        return None, "the founder signed for another contract"
    if statement["founder"] != value["actor"]:
        return None, "it is said in the name of another founder than the one who signed"
    if not _is_count(statement["not_after"]):
        return None, "the founder's statement cannot be read"
    return statement, ""


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def approval_problems(
    contract: Contract, messages: dict[bytes, Message], manifest: Manifest
) -> Iterator[tuple[Optional[Message], str]]:
    """The approval that a contract lives on: signed for this contract, dossier, plan, window; carried unaltered."""
    for message in contract.messages:
        approval, approve = message.value["approval"], message.header.approve
        if approval is None:
            if message.link.says in ("APPROVED", "ACTIVE", "COMPLETED", "FAILED"):
                yield message, "it carries no approval"
            continue
        decision = messages.get(approve.link.digest) if approve else None
        if decision is None or decision.value is None:
            yield message, "it carries an approval and no decision that it comes from"
            continue
        carried = tuple(approval[name] for name in ("statement", "signature", "key_id"))
        if carried != tuple(decision.value[name] for name in ("statement", "signature", "key_id")):
            yield message, "the approval that it carries is not the one that was decided"
            continue
        statement, why = read_statement(decision, manifest)
        if statement is None:
            yield decision, why
            return
        for problem in _approval_fits(statement, approval, message):
            yield message, problem


def _approval_fits(statement: dict[str, Any], approval: dict[str, Any], message: Message) -> Iterator[str]:
    value = message.value
    if statement["dossier_digest"] != value["dossier_digest"].hex():
        yield "the founder signed another dossier"
    if statement["plan_digest"] != message.link.plan.hex():
        yield "the founder signed another plan"
    start, end = statement["window_start"], statement["window_end"]
    if not _is_count(start) or not _is_count(end) or (start, end) != (approval["window_start"], approval["window_end"]):
        yield "its window is not the one that the founder signed"
        return
    if statement["founder"] != approval["approved_by"]:
        yield "it names another founder than the one who signed"
    approved_at = approval["approved_at"]
    if approved_at > statement["not_after"]:
        yield "it was approved after the founder's statement had lapsed"
    if not start < end or end - start > WINDOW_LENGTH_MAX_MS or start - approved_at > WINDOW_START_MAX_MS:
        yield "its window is empty, longer than 7 days or more than 30 days ahead"
    if _is_widened(statement["constraints"], value["constraints"]):
        yield "the founder's constraints are wider than the contract's"


def _is_widened(given: Any, allowed: dict[str, Any]) -> bool:
    if not isinstance(given, dict) or sorted(given) != _CONSTRAINTS or not isinstance(given["allowed_targets"], list):
        return True
    if any(not _is_count(given[n]) or given[n] > allowed[n] for n in _CONSTRAINTS[1:]):
        return True
    targets = allowed["allowed_targets"]
    return bool(targets) and (not given["allowed_targets"] or any(t not in targets for t in given["allowed_targets"]))


def signed_answer_problems(
    message: Message, messages: dict[bytes, Message], manifest: Manifest
) -> Iterator[tuple[Optional[Message], str]]:
    """An audit that answers an attestation, and an incident that a founder resolved: the founder signed for that."""
    cause = message.header.cause
    decision = messages.get(cause.link.digest) if cause else None
    if decision is None or message.value is None or decision.link.type != "ReviewDecided":
        return
    if message.link.type == "AuditConcluded":
        statement, why = read_statement(decision, manifest)
        if statement is None:
            yield decision, why
        elif decision.value["decided_at"] > statement["not_after"]:
            yield decision, "it was said after the founder's statement had lapsed"
        elif problem := _attestation_problem(statement, decision, messages):
            yield decision, problem
        carried, value = message.value["attestation"], decision.value
        if carried is None or any(carried[n] != value[n] for n in ("statement", "signature", "key_id")):
            yield message, "it does not carry the attestation that it answers"
    moves = any(c["from"] != c["to"] for c in message.value.get("changes", []))
    if message.link.name == "IncidentChanged INCIDENT_RESOLVED" and decision.link.says == "RESOLVE" and moves:
        statement, why = read_statement(decision, manifest)
        if statement is None:
            yield decision, why
        elif statement["incident_id"] != message.value["incident_id"]:
            yield decision, "the founder signed for another incident"
        elif decision.header.cause and statement["incident_version"] != decision.header.cause.link.version:
            yield decision, "the founder signed for the incident as it stood at another time"
        elif decision.value["decided_at"] > statement["not_after"]:
            yield decision, "it was said after the founder's statement had lapsed"


def _attestation_problem(
    statement: dict[str, Any], decision: Message, messages: dict[bytes, Message]
) -> Optional[str]:
    """The audit that is attested is the one that the decision cites, byte for byte, and only its open checks are."""
    cited = decision.header.cause
    audit = messages.get(cited.link.digest) if cited else None
    if audit is None or audit.value is None:
        return "the audit that it attests is missing from the file"
    answered = (audit.value["audit_id"], audit.link.value_digest.hex())
    if (statement["audit_id"], statement["audit_digest"]) != answered:
        return "the founder signed for another audit"
    checks = statement["checks"]
    if not isinstance(checks, list) or decision.value["attested_checks"] != checks:
        return "the checks that it attests are not those that the founder signed"
    unclear = [c["id"] for c in audit.value["checks"] if c["result"] == "INCONCLUSIVE"]
    return None if all(c in unclear for c in checks) else "it attests a check that was not open"
