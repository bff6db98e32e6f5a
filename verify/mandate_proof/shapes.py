"""What the messages' values look like: this verifier's own copy of their Avro schemas, in a notation of its own.

`X?` may be null, `[X]` is a list, `A|B|C` an enumeration in Avro's order. Times are epoch milliseconds.
"""

from __future__ import annotations

import io
from typing import Any

import fastavro

from .reading import Unreadable

FRAME_BYTES = 5

_RECORDS = """
Origin: source text, source_system text, reference text, submitter text?, tenant text?, received_at long
Hints: severity text?, capabilities [text], change text?
Setting: key text, old_value text, new_value text
Change: kind ChangeKind, capability text, lifecycle text?, reason text?, enabled_before flag?, lifecycle_before text?,
  settings [Setting]
Quote: field text, start int, end int, quote text, counted_for text
RuleResult: id text, passed flag, need text?
Recorded: version long, from text?, to text, cause text, actor text, code text?, reason text?, at long
HealthImpact: estimate text, completed int, failed int, reason text
Constraints: max_duration_ms long, step_timeout_ms long, steps_per_minute int, allowed_targets [text]
Clarification: request_id text, question text, requested_at long, answer text?, answered_at long?
Approval: statement bytes, signature bytes, key_id text, approved_by text, approved_at long, window_start long,
  window_end long
Waiting: reason text, detail text, since long
Turn: holder text, from long, to long?
FactChange: fact text, subject text, at_approval text, now text
HealthSeen: scope text, state HealthState, version long, at long
Step: index int, change Change, inverse Change?, idempotency_key text, state StepState, health_seen [HealthSeen],
  code text?, detail text?, started_at long?, ended_at long?
CapabilityVersion: capability text, before long, after long, state_before text, state_after text
CapabilityValue: key text, value text
InvariantResult: id text, holds Answer, evidence text
ScopeSeen: scope text, before HealthState, after HealthState, worst HealthState, samples int
Check: id text, result CheckResult, evidence text
LeftBehind: capability text, detail text
GivenUp: topic text, partition int, offset text, key bytes, code text, value_digest bytes, link_digest bytes?
Attestation: decision_id text, founder text, key_id text, statement bytes, signature bytes, attested_at long
"""

_ENUMS = """
ChangeKind: unknown capability_enable capability_disable configuration_update parameter_change
Level: low medium high critical
IssueType: unknown capability_request bug_report configuration_change escalation
RecommendedAction: defer create_contract reject escalate
Verdict: MAY_NOT MAY
ContractStatus: UNKNOWN DRAFT VALIDATED ELIGIBLE APPROVED ACTIVE COMPLETED FAILED REJECTED EXPIRED SUPERSEDED
ReviewAction: UNKNOWN APPROVE REJECT REQUEST_CLARIFICATION PROVIDE_CLARIFICATION MODIFY_SCOPE NOTE ATTEST
  ACKNOWLEDGE_INCIDENT RESOLVE_INCIDENT
JobKind: UNKNOWN CHANGE ROLLBACK
JobState: UNKNOWN PENDING RUNNING COMPLETED FAILED
StepState: UNCLEAR PENDING RUNNING DONE FAILED UNDONE SKIPPED
HealthState: UNKNOWN HEALTHY DEGRADED UNHEALTHY
CapabilityCause: UNKNOWN DEFINITION CHANGE ROLLBACK FINAL
Answer: UNKNOWN YES NO
AuditVerdict: INCONCLUSIVE PASS FAIL
CheckResult: INCONCLUSIVE PASS FAIL
IncidentState: UNKNOWN OPEN ROLLED_BACK ROLLBACK_FAILED RESOLVED
"""

# The number is the schema id in the frame before the value.
_MESSAGES = """
IssueReceived 1002: issue_id text, origin Origin, idempotency_key text, subject text, body text, hints Hints,
  payload_digest bytes, recurrence_of text?, related_to text?, follows text?, status text, received_at long
ClarificationReceived 1003: issue_id text, contract_id text, request_id text, answer text, origin Origin, received_at long
CancellationReceived 1004: issue_id text, contract_id text, reason text, origin Origin, received_at long
ProposalMade 1006: issue_id text, contract_id text?, revision int, origin Origin, title text, payload_digest bytes,
  issue_type IssueType, severity Level, affected_capabilities [text], unknown_capabilities [text],
  recommended_action RecommendedAction, confidence_score double, reason text, evidence [Quote], suggestions [text],
  suggested_changes [Change], validator_version text, registry_version long
EligibilityJudged 1007: issue_id text, contract_id text?, revision int, origin Origin, proposal bytes, verdict Verdict,
  first_failing_rule text?, rules [RuleResult], facts text, retry_helps flag, retry_at long?, rules_version text,
  registry_version long, health_version long, judged_at long
ContractChanged 1008: contract_id text, issue_id text, origin Origin, from_version long, version long,
  changes [Recorded], status ContractStatus, status_reason text?, title text, revision int, parent_contract_id text?,
  successor_contract_id text?, proposed_changes [Change], affected_capabilities [text], risk_level Level,
  health_impact HealthImpact, payload_digest bytes, verdict bytes?, plan_digest bytes, dossier_digest bytes,
  constraints Constraints, created_at long, expires_at long, ttl_paused_at long?, ttl_ledger [Turn],
  clarification Clarification?, approval Approval?, waiting Waiting?, since_approval [FactChange], audit_verdict text?,
  registry_version long, health_version long, changed_at long
ReviewDecided 1009: decision_id text, contract_id text, issue_id text, origin Origin, action ReviewAction, actor text,
  on_behalf_of text?, session_id text, request_id text, idempotency_key text, dossier_digest bytes?, version_seen long,
  reason text?, clarification_request_id text?, modified_changes [Change]?, modified_capabilities [text]?,
  statement bytes?, signature bytes?, key_id text?, attested_checks [text]?, registry_version long, health_version long,
  decided_at long
JobChanged 1010: job_id text, contract_id text, issue_id text, origin Origin, kind JobKind, attempt int,
  from_version long, version long, changes [Recorded], state JobState, steps [Step], plan_digest bytes,
  capability_versions [CapabilityVersion], code text?, reason text?, registry_version long, health_version long,
  created_at long, started_at long?, ended_at long?
CapabilityChanged 1011: capability text, from_version long, version long, registry_version long, cause CapabilityCause,
  contract_id text?, job_id text?, issue_id text?, catalogue_version long, catalogue_digest bytes, catalogue_size int,
  definition text, enabled flag, lifecycle text, values [CapabilityValue], provisional_contract_id text?, changed_at long
JobEvaluated 1013: evaluation_id text, contract_id text, issue_id text, job_id text, origin Origin, kind JobKind,
  attempt int, capabilities_healthy Answer, invariants [InvariantResult], execution_matched Answer, scopes [ScopeSeen],
  reason text, window_start long, window_end long, plan_digest bytes, registry_version long, health_version long,
  evaluated_at long
AuditConcluded 1014: audit_id text, contract_id text, issue_id text, job_id text, origin Origin, kind JobKind,
  job_attempt int, attempt int, verdict AuditVerdict, is_final flag, checks [Check], reason text,
  attestation Attestation?, plan_digest bytes, registry_version long, health_version long, concluded_at long
IncidentChanged 1015: incident_id text, contract_id text, issue_id text, origin Origin, from_version long, version long,
  changes [Recorded], state IncidentState, title text, reason text, rollback_attempts int, left_behind [LeftBehind],
  acknowledged_by text?, resolved_by text?, plan_digest bytes, opened_at long, changed_at long
OperatorActed 1017: service text, number long, action text, operator text, subject text, reason text, outcome text,
  issue_id text?, contract_id text?, message GivenUp?, at long
"""

_PLAIN = {"text": "string", "flag": "boolean", "long": "long", "int": "int", "double": "double", "bytes": "bytes"}


def _lines(text: str) -> dict[str, str]:
    joined = text.strip().replace("\n  ", " ")
    return dict(line.split(": ", 1) for line in joined.splitlines())


_records, _enums = _lines(_RECORDS), _lines(_ENUMS)
_messages = {head.split()[0]: (int(head.split()[1]), body) for head, body in _lines(_MESSAGES).items()}
_parsed: dict[str, Any] = {}


def _type(name: str, seen: set[str]) -> Any:
    if name.endswith("?"):
        return ["null", _type(name[:-1], seen)]
    if name.startswith("["):
        return {"type": "array", "items": _type(name[1:-1], seen)}
    if name in _PLAIN:
        return _PLAIN[name]
    if name in seen:
        return name
    seen.add(name)
    if name in _enums:
        return {"type": "enum", "name": name, "symbols": _enums[name].split()}
    return _record(name, _records[name], seen)


def _record(name: str, body: str, seen: set[str]) -> dict[str, Any]:
    fields = [field.split() for field in body.split(", ")]
    return {"type": "record", "name": name, "fields": [{"name": n, "type": _type(t, seen)} for n, t in fields]}


def _schema(message: str) -> Any:
    if message not in _parsed:
        _parsed[message] = fastavro.parse_schema(_record(message, _messages[message][1], set()))
    return _parsed[message]


def read_value(message: str, data: bytes, where: str) -> dict[str, Any]:
    """The value of a message: a frame of its schema, then Avro in the one way that writes it, and nothing after it.

    A list is as long as its bytes at most, since no element is empty: a hostile count ends where the bytes end.
    """
    if message not in _messages:
        raise Unreadable(f"{where}: a {message} does not belong into a proof file")
    schema_id, _ = _messages[message]
    if data[:FRAME_BYTES] != b"\x00" + schema_id.to_bytes(4, "big"):
        raise Unreadable(f"{where}: the value is not framed as a {message}")
    try:
        value = fastavro.schemaless_reader(io.BytesIO(data[FRAME_BYTES:]), _schema(message), None)
        again = io.BytesIO()
        fastavro.schemaless_writer(again, _schema(message), value)
    except Exception as error:  # whatever hostile bytes make of a decoder, they are unreadable
        raise Unreadable(f"{where}: the value is no {message}: {type(error).__name__}") from None
    if again.getvalue() != data[FRAME_BYTES:]:
        raise Unreadable(f"{where}: the value is no {message} in the one way to write it")
    return value
