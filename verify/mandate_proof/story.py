"""Says in plain words who said what, when, on whose authority."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any, Callable

from .file import Message
from .lineage import Contract, readable
from .link import ZEROS

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
SHOWN_MAX = 200


def shown(text: Any) -> str:
    """Text from outside on one line: what could steer a terminal or turn the reading direction is shown by its number."""
    whole = " ".join(str(text).split()) if text is not None else ""
    short = whole if len(whole) <= SHOWN_MAX else whole[: SHOWN_MAX - 1] + "…"
    return _STEERING.sub(lambda c: f"<U+{ord(c.group()):04X}>", short)


def when(ms: int) -> str:
    """An instant, in UTC."""
    try:
        return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z"
    except (ValueError, OverflowError, OSError):
        return f"{ms} ms"


def change_text(change: dict[str, Any]) -> str:
    """What a change does."""
    if change["kind"] == "capability_enable":
        return f"enable {shown(change['capability'])} ({shown(change['lifecycle'] or 'LAUNCHED')})"
    if change["kind"] == "capability_disable":
        return f"disable {shown(change['capability'])} ({shown(change['reason'])})"
    settings = [f"{s['key']} from {s['old_value']} to {s['new_value']}" for s in change["settings"]]
    return shown(f"set {change['capability']}: {', '.join(settings)}")


def _issue(v: dict[str, Any]) -> str:
    origin = v["origin"]
    who = f" for {shown(origin['submitter'])}" if origin["submitter"] else ""
    return f"received {shown(origin['reference'])} from {shown(origin['source_system'])}{who}: “{shown(v['subject'])}”"


def _proposal(v: dict[str, Any]) -> str:
    changes = "; ".join(map(change_text, v["suggested_changes"])) or "no change"
    return f"advises {v['recommended_action']} with confidence {v['confidence_score']:.2f}: {changes}"


def _verdict(v: dict[str, Any]) -> str:
    passed = sum(r["passed"] for r in v["rules"])
    why = f"; {shown(v['first_failing_rule'])} fails" if v["first_failing_rule"] else ""
    return f"judges it {v['verdict']}: {passed} of {len(v['rules'])} rules pass{why}"


def _contract(v: dict[str, Any]) -> str:
    reason = v["changes"][-1]["reason"] if v["changes"] else v["status_reason"]
    notes = [shown(reason)] if reason else []
    if v["status"] == "APPROVED" and v["approval"]:
        a = v["approval"]
        notes.append(f"approved by {shown(a['approved_by'])} for {when(a['window_start'])} to {when(a['window_end'])}")
    if v["waiting"]:
        notes.append(f"it waits: {shown(v['waiting']['detail'])}")
    if v["successor_contract_id"]:
        notes.append(f"contract {v['successor_contract_id']} takes its place")
    told = ". ".join(note.rstrip(".") for note in notes)
    return f"the contract is {v['status']}" + (f": {told}" if told else "")


def _decision(v: dict[str, Any]) -> str:
    # What a passkey signs travels with what it signed besides.
    kind = "passkey" if (v["signature"] or b"").startswith(b'{"authenticator_data"') else "key"
    words = {
        "APPROVE": f"approves, signed with {kind}",
        "REJECT": "rejects",
        "MODIFY_SCOPE": "modifies the scope",
        "REQUEST_CLARIFICATION": "asks the requestor",
        "PROVIDE_CLARIFICATION": "answers for the requestor",
        "NOTE": "notes",
        "ATTEST": f"attests {', '.join(v['attested_checks'] or [])}, signed with {kind}",
        "ACKNOWLEDGE_INCIDENT": "acknowledges the incident",
        "RESOLVE_INCIDENT": f"resolves the incident, signed with {kind}",
    }
    signed = f" {shown(v['key_id'])}" if v["statement"] is not None else ""
    reason = f": “{shown(v['reason'])}”" if v["reason"] else ""
    return f"{shown(v['actor'])} {words.get(v['action'], v['action'])}{signed}{reason}"


def _job(v: dict[str, Any]) -> str:
    done = sum(s["state"] in ("DONE", "UNDONE") for s in v["steps"])
    why = f": {shown(v['reason'])}" if v["reason"] else ""
    return f"the {v['kind']} job is {v['state']}, {done} of {len(v['steps'])} steps {'un' if v['kind'] == 'ROLLBACK' else ''}done{why}"


def _capability(v: dict[str, Any]) -> str:
    values = ", ".join(f"{c['key']} {c['value']}" for c in v["values"])
    how = "provisional" if v["provisional_contract_id"] else "final"
    return f"{shown(v['capability'])} is {how}: {'enabled' if v['enabled'] else 'disabled'}, {shown(values)}"


def _evaluation(v: dict[str, Any]) -> str:
    broken = [i["id"] for i in v["invariants"] if i["holds"] != "YES"]
    notes = f"; not held: {', '.join(map(shown, broken))}" if broken else ""
    return (
        f"capabilities remained healthy: {v['capabilities_healthy']}; "
        f"execution matched the plan: {v['execution_matched']}{notes}"
    )


def _audit(v: dict[str, Any]) -> str:
    results = [c["result"] for c in v["checks"]]
    why = f": {shown(v['reason'])}" if v["reason"] and v["verdict"] != "PASS" else ""
    return f"the verdict on the {v['kind']} job is {v['verdict']}: {results.count('PASS')} of {len(results)} checks pass{why}"


def _operated(v: dict[str, Any]) -> str:
    code = f", which had been stopped as {shown(v['message']['code'])}" if v["message"] else ""
    what = f"gave up {shown(v['subject'])}" if v["action"] == "DISCARD" else f"did {shown(v['action'])} to {shown(v['subject'])}"
    return f"operator {shown(v['operator'])} {what}{code}: “{shown(v['reason'])}” ({shown(v['outcome'])})"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "IssueReceived": _issue,
    "ClarificationReceived": lambda v: f"passes the requestor's answer on: “{shown(v['answer'])}”",
    "CancellationReceived": lambda v: f"passes on that the issue is cancelled: “{shown(v['reason'])}”",
    "ProposalMade": _proposal,
    "EligibilityJudged": _verdict,
    "ContractChanged": _contract,
    "IncidentChanged": lambda v: f"the incident is {v['state']}: {shown(v['reason'])}",
    "ReviewDecided": _decision,
    "JobChanged": _job,
    "CapabilityChanged": _capability,
    "JobEvaluated": _evaluation,
    "AuditConcluded": _audit,
    "OperatorActed": _operated,
}


def hop_lines(message: Message) -> list[str]:
    """A message in words, and on whose word it was said."""
    link, header = message.link, message.header
    if header.cause:
        cause = header.cause.link
        on = f"on {cause.name} of {cause.writer} ({cause.digest.hex()[:12]})"
    else:
        whose = "an operator's request" if link.type == "OperatorActed" else "the CRM's own words"
        on = f"on {whose} (SHA-256 {link.cause.hex()[:12]})" if link.cause != ZEROS else "on nothing"
    permits = [c for c in (header.may, header.approve) if c and c is not header.cause]
    under = "".join(f", under {c.link.says} ({c.link.digest.hex()[:12]})" for c in permits)
    said = _WORDS[link.type](message.value) if message.value else "its value was altered"
    return [
        f"{when(link.time)}  {link.writer:<11}  {said}",
        f"{'':26}{link.digest.hex()[:12]}, signed with key {header.own.proof.key_id}, {on}{under}",
    ]


def verdict_text(contracts: list[Contract], asked: str) -> str:
    """What became of the contract that was asked for."""
    contract = next((c for c in contracts if c.id == asked), None)
    if contract is None:
        return "It says nothing of that contract."
    says, value = contract.last.link.says, contract.last.value
    endings = {
        "COMPLETED": "the approved change was executed, evaluated and audited (PASS)",
        "FAILED": "the change was judged a FAIL and had to be undone",
        "SUPERSEDED": f"contract {value['successor_contract_id']} took its place, nothing was executed",
        "REJECTED": f"nothing was executed: {shown(value['status_reason'])}",
        "EXPIRED": f"nothing was executed: {shown(value['status_reason'])}",
        "ACTIVE": "it is being executed or audited",
        "APPROVED": "a founder approved it; it waits for its execution",
    }
    return f"{says}: {endings.get(says, 'nobody has approved it')}"


def rollback_text(messages: list[Message], asked: str) -> str:
    """How the undoing of a failed contract ended, as far as the file goes."""
    incidents = [m for m in readable(messages, "IncidentChanged") if m.key == asked]
    return f"Its incident is {incidents[-1].value['state']}: {shown(incidents[-1].value['reason'])}" if incidents else ""
