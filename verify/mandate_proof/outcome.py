"""Checks what was done: inside the window, one job of each kind, exactly the approved changes, a verdict that its checks give."""

from __future__ import annotations

from typing import Iterator, Optional

from .file import Message
from .lineage import Contract, readable

CHECKS = {
    "CHANGE": "A-001 A-002 A-003 A-004 A-005 A-006 A-007".split(),
    "ROLLBACK": "A-001 A-002 A-003 A-006 A-007".split(),
}
REASON_LENGTH_MIN = 11
Found = Iterator[tuple[Optional[Message], str]]


def activation_problems(contract: Contract) -> Found:
    """A contract becomes ACTIVE inside the window that the founder signed."""
    active = contract.that_says("ACTIVE")
    approval = active[0].value["approval"] if active else None
    if approval is None:
        return
    start, end = approval["window_start"], approval["window_end"]
    times = [active[0].link.time, *(c["at"] for c in active[0].value["changes"] if c["to"] == "ACTIVE")]
    if any(not start <= time <= end for time in times):
        yield active[0], "it became ACTIVE outside the window that the founder signed"


def rejection_problems(contract: Contract) -> Found:
    """A founder's rejection gives a reason."""
    last = contract.last
    cause = last.header.cause
    if last.link.says == "REJECTED" and cause and cause.link.name == "ReviewDecided REJECT":
        if len((last.value["status_reason"] or "").strip()) < REASON_LENGTH_MIN:
            yield last, "it was rejected without a reason of more than 10 characters"


def job_problems(contract: Contract, messages: list[Message]) -> Found:
    """One CHANGE job and one ROLLBACK job, whose steps are the approved changes; nothing outside the scope is touched."""
    jobs = [m for m in readable(messages, "JobChanged") if m.key == contract.id]
    for kind in ("CHANGE", "ROLLBACK"):
        of_kind = [m for m in jobs if m.value["kind"] == kind]
        for other in of_kind:
            if other.value["job_id"] != of_kind[0].value["job_id"]:
                yield other, f"it is a second {kind} job of the contract"
    for job in jobs:
        if job.value["kind"] != "CHANGE":
            continue
        planned = contract.first.value["proposed_changes"]
        if [step["change"] for step in job.value["steps"]] != planned[: len(job.value["steps"])]:
            yield job, "its steps are not the approved changes in their order"
        if job.link.says == "JOB_DONE" and len(job.value["steps"]) != len(planned):
            yield job, "it is done without all of the approved changes"
    known_jobs = {m.value["job_id"] for m in jobs}
    changes = readable(messages, "CapabilityChanged")
    changed = {(m.value["job_id"], m.key) for m in changes}
    for job in jobs:
        for seen in job.value["capability_versions"]:
            if seen["after"] > seen["before"] and (job.value["job_id"], seen["capability"]) not in changed:
                yield job, f"the change of {seen['capability']} that it made is missing from the file"
    for message in changes:
        if message.value["contract_id"] != contract.id:
            continue
        if message.key not in contract.first.value["affected_capabilities"]:
            yield message, "it changes a capability that the contract does not name"
        cause = message.header.cause
        owner = next((m.key for m in contract.messages if cause and m.link.digest == cause.link.digest), None)
        if owner is None:
            yield message, "it names another contract than the one on whose word it is said"
        if message.link.says != "FINAL" and message.value["job_id"] not in known_jobs:
            yield message, "the job that changed it is missing from the file"


def audit_problems(contract: Contract, messages: list[Message], signed: set[bytes]) -> Found:
    """A verdict is about the job that was evaluated, and its checks give it; what could not be told, a founder attested.

    `signed`: the decisions that a founder's key signed.
    """
    by_digest = {m.link.digest: m for m in messages if m.value is not None}
    for evaluation in readable(messages, "JobEvaluated"):
        job = _cause_of(evaluation, by_digest)
        if evaluation.key == contract.id and job and job.value["job_id"] != evaluation.value["job_id"]:
            yield evaluation, "it evaluates another job than the one that ended"
    for audit in readable(messages, "AuditConcluded"):
        if audit.key != contract.id:
            continue
        cause = _cause_of(audit, by_digest)
        while cause is not None and cause.link.type == "ReviewDecided":
            earlier = _cause_of(cause, by_digest)
            cause = _cause_of(earlier, by_digest) if earlier else None
        if cause is not None and cause.value["job_id"] != audit.value["job_id"]:
            yield audit, "it is the verdict on another job than the one that was evaluated"
        attested = {
            check
            for m in readable(messages, "ReviewDecided")
            if m.link.says == "ATTEST" and m.key == contract.id and m.link.digest in signed
            for check in m.value["attested_checks"] or []
        }
        yield from ((audit, why) for why in _verdict_problems(audit, attested))
        job = _cause_of(cause, by_digest) if cause else None
        if job is not None and job.link.says == "JOB_FAILED" and audit.link.says == "PASS":
            yield audit, "it passes a job that failed"
    audits = [m for m in readable(messages, "AuditConcluded") if m.key == contract.id and m.value["kind"] == "CHANGE"]
    failed = next((m for m in audits if m.link.says == "FAIL"), None)
    if failed and any(m.link.says == "PASS" for m in audits):
        yield failed, "the same job was failed and passed"


def _cause_of(message: Message, by_digest: dict[bytes, Message]) -> Optional[Message]:
    cause = message.header.cause
    return by_digest.get(cause.link.digest) if cause else None


def _verdict_problems(audit: Message, attested: set[str]) -> Iterator[str]:
    results = {c["id"]: c["result"] for c in audit.value["checks"]}
    if audit.value["verdict"] == "PASS":
        if any(id not in results for id in CHECKS.get(audit.value["kind"], [])):
            yield "it passes without having asked everything"
        if any(result == "FAIL" for result in results.values()):
            yield "it passes although a check failed"
        if "INCONCLUSIVE" in results.values():
            yield "it passes although a check is open"
    for check in audit.value["checks"]:
        if '"attested"' in check["evidence"] and check["id"] not in attested:
            yield f"it takes {check['id']} as attested, which no founder did"
    if audit.value["verdict"] == "INCONCLUSIVE" and "FAIL" in results.values():
        yield "it is inconclusive although a check failed"


def window_problems(contract: Contract, messages: list[Message]) -> Found:
    """What was passed ran inside the window."""
    approval = contract.last.value["approval"]
    if contract.last.link.says != "COMPLETED" or approval is None:
        return
    for job in readable(messages, "JobChanged"):
        if job.key != contract.id or job.link.says != "JOB_DONE":
            continue
        times = [job.value["started_at"], job.value["ended_at"], *(s["started_at"] for s in job.value["steps"])]
        if any(t is None or not approval["window_start"] <= t <= approval["window_end"] for t in times):
            yield job, "it was passed although it ran outside the window that the founder signed"
