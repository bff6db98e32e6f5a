"""Checks that what a message's value says is what its link was signed for, and that digests are those of their content."""

from __future__ import annotations

import hashlib
from typing import Any, Iterator

from .canonical import NotCanonical, canonical_digest
from .file import Message
from .reading import Unreadable, parse_json
from .vocabulary import BY_CONTRACT, may_become

_ACTIONS = {"MODIFY_SCOPE": "MODIFY", "ACKNOWLEDGE_INCIDENT": "ACKNOWLEDGE", "RESOLVE_INCIDENT": "RESOLVE"}
_CAUSES = {"DEFINITION": "DEFINED", "CHANGE": "CHANGED", "ROLLBACK": "UNDONE", "FINAL": "FINAL"}
_JOB_STATES = {"COMPLETED": "DONE"}


def value_problems(message: Message) -> Iterator[str]:
    """What a value says otherwise than its link."""
    value, link = message.value, message.link
    if value is None:
        return
    if value["issue_id"] != link.issue_id:
        yield "its value is about another issue than its link"
    subject = value["contract_id"] if link.type in BY_CONTRACT else value.get("capability", value["issue_id"])
    if link.type == "OperatorActed":
        subject = value["service"]
    if subject != message.key:
        yield "its value is about another subject than its record key"
    version = value["version"] if "version" in value else value["revision"] + 1 if "revision" in value else value.get("number")
    if version is not None and version != link.version:
        yield f"its value is version {version}, its link version {link.version}"
    if meaning_of(link.type, value) != link.says:
        yield f"its value says {meaning_of(link.type, value)}"
    if "plan_digest" in value and value["plan_digest"] != link.plan:
        yield "its value is about another plan than its link"
    try:
        yield from _content_problems(message, value)
    except (Unreadable, NotCanonical) as error:
        yield f"its changes cannot be read: {error}"


def meaning_of(type: str, value: dict[str, Any]) -> str:
    """What a value says, in the words of a link."""
    if type == "ReviewDecided":
        return _ACTIONS.get(value["action"], value["action"])
    if type == "CapabilityChanged":
        return _CAUSES.get(value["cause"], value["cause"])
    is_rollback = value.get("kind") == "ROLLBACK"
    if type == "JobChanged":
        return ("ROLLBACK_" if is_rollback else "JOB_") + _JOB_STATES.get(value["state"], value["state"])
    if type == "JobEvaluated":
        return "ROLLBACK_EVALUATED" if is_rollback else "EVALUATED"
    if type == "AuditConcluded":
        return ("ROLLBACK_" if is_rollback else "") + value["verdict"]
    if type == "IncidentChanged":
        return "INCIDENT_" + value["state"]
    fixed = {
        "ProposalMade": "PROPOSED",
        "ClarificationReceived": "CLARIFIED",
        "CancellationReceived": "CANCELLED",
        "OperatorActed": "OPERATED",
    }
    return fixed.get(type) or value.get("verdict" if type == "EligibilityJudged" else "status", "")


def _content_problems(message: Message, value: dict[str, Any]) -> Iterator[str]:
    link, header = message.link, message.header
    if link.type == "IssueReceived" and value["payload_digest"] != link.cause:
        yield "the digest of the CRM's words in its value is not the one that it cites"
    if link.type == "OperatorActed":
        if value["service"] != link.writer:
            yield "it says what was done at another service than the one that says it"
        if canonical_digest({name: value[name] for name in ("action", "operator", "subject", "reason")}) != link.cause:
            yield "the operator's request in its value is not the one that it cites"
    if link.type == "ProposalMade":
        if plan_digest(value["suggested_changes"], value["affected_capabilities"]) != link.plan:
            yield "the changes in its value are not the plan that its link names"
    if link.type == "EligibilityJudged" and header.cause:
        if hashlib.sha256(value["proposal"]).digest() != header.cause.link.value_digest:
            yield "the proposal that it judged is not the one that was made"
    if link.type == "ContractChanged":
        yield from _contract_problems(message, value)


def _contract_problems(message: Message, value: dict[str, Any]) -> Iterator[str]:
    if plan_digest(value["proposed_changes"], value["affected_capabilities"]) != value["plan_digest"]:
        yield "its changes are not the plan that its digest names"
    if sorted({c["capability"] for c in value["proposed_changes"]}) != value["affected_capabilities"]:
        yield "its changes act on other capabilities than it names"
    if dossier_digest(value) != value["dossier_digest"]:
        yield "what it shows is not the dossier that its digest names"
    may = message.header.may
    if value["verdict"] is None:
        if value["revision"] == 0 or message.link.says not in ("DRAFT", "REJECTED", "EXPIRED"):
            yield "it has no verdict of its own"
    elif may and hashlib.sha256(value["verdict"]).digest() != may.link.value_digest:
        yield "the verdict in its value is not the MAY that it carries"
    before = None if value["from_version"] == 0 else value["changes"][0]["from"] if value["changes"] else ""
    for change in value["changes"]:
        if change["from"] != before or (before is not None and not may_become(before, change["to"])):
            yield f"a contract cannot go from {change['from']} to {change['to']} there"
        before = change["to"]
    if not value["changes"] or before != value["status"]:
        yield "its recorded changes do not lead to the state that it says"
    if [c["version"] for c in value["changes"]] != list(range(value["from_version"] + 1, value["version"] + 1)):
        yield "its recorded changes are not those between its versions"


def plan_digest(changes: list[dict[str, Any]], capabilities: list[str]) -> bytes:
    """SHA-256 of the RFC 8785 form of changes and capabilities."""
    return canonical_digest({"changes": [change_of(c) for c in changes], "affected_capabilities": capabilities})


def dossier_digest(value: dict[str, Any]) -> bytes:
    """SHA-256 over what the founder was shown."""
    verdict = value["verdict"]
    shown = {name: value[name] for name in "contract_id revision title origin affected_capabilities constraints".split()}
    return canonical_digest(
        {
            **shown,
            "risk_level": value["risk_level"],
            "payload_digest": value["payload_digest"].hex(),
            "verdict_digest": hashlib.sha256(verdict).hexdigest() if verdict is not None else "",
            "changes": [change_of(c) for c in value["proposed_changes"]],
        }
    )


def change_of(wire: dict[str, Any]) -> dict[str, Any]:
    """A change in the form that is hashed."""
    kind = wire["kind"]
    change = {"kind": kind, "capability": wire["capability"]}
    settings = [
        {"key": s["key"], "old": _json(s["old_value"]), "new": _json(s["new_value"])} for s in wire["settings"]
    ]
    lifecycle = wire["lifecycle"]
    prior = {
        "enabled": bool(wire["enabled_before"]),
        "lifecycle": "PREVIEW" if wire["lifecycle_before"] is None else wire["lifecycle_before"],
    }
    if kind == "capability_enable":
        return {**change, "lifecycle": "LAUNCHED" if lifecycle is None else lifecycle, "prior": prior}
    if kind == "capability_disable":
        restored = {} if lifecycle is None else {"lifecycle": lifecycle}
        return {**change, "reason": wire["reason"] or "", "prior": prior, **restored}
    if kind == "configuration_update" and len(settings) == 1:
        return {**change, "setting": settings[0]}
    if kind == "parameter_change":
        return {**change, "settings": settings}
    raise Unreadable(f"there is no change of the kind {kind} with {len(settings)} settings")


def _json(text: str) -> Any:
    return parse_json(text, "a setting's value")
