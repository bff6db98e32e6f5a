"""Who may say what, on whose word: this verifier's own copy of the authority table, written by hand.

The order of writers, types and meanings is their code in a link.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

WRITERS = "ingestion validator eligibility contract review executor health auditor".split()

_WORDS = """
IssueReceived          ingestion    mandate.issues.v1          RECEIVED
ClarificationReceived  ingestion    mandate.clarifications.v1  CLARIFIED
CancellationReceived   ingestion    mandate.clarifications.v1  CANCELLED
CrmUpdate              ingestion    crm.updates.v1             TOLD
ProposalMade           validator    mandate.proposals.v1       PROPOSED
EligibilityJudged      eligibility  mandate.verdicts.v1        MAY MAY_NOT
ContractChanged        contract     mandate.contracts.v1       DRAFT VALIDATED ELIGIBLE APPROVED ACTIVE COMPLETED FAILED REJECTED EXPIRED SUPERSEDED
IncidentChanged        contract     mandate.incidents.v1       INCIDENT_OPEN INCIDENT_ROLLED_BACK INCIDENT_ROLLBACK_FAILED INCIDENT_RESOLVED
ReviewDecided          review       mandate.reviews.v1         APPROVE REJECT REQUEST_CLARIFICATION PROVIDE_CLARIFICATION MODIFY NOTE ATTEST ACKNOWLEDGE RESOLVE
JobChanged             executor     mandate.jobs.v1            JOB_PENDING JOB_RUNNING JOB_DONE JOB_FAILED ROLLBACK_PENDING ROLLBACK_RUNNING ROLLBACK_DONE ROLLBACK_FAILED
CapabilityChanged      executor     mandate.capabilities.v1    DEFINED CHANGED UNDONE FINAL
HealthChanged          health       mandate.health.v1          HEALTHY DEGRADED UNHEALTHY UNKNOWN
JobEvaluated           health       mandate.evaluations.v1     EVALUATED ROLLBACK_EVALUATED
AuditConcluded         auditor      mandate.audits.v1          PASS FAIL INCONCLUSIVE ROLLBACK_PASS ROLLBACK_FAIL ROLLBACK_INCONCLUSIVE
OperatorActed          *            mandate.operators.*.v1     OPERATED
"""

SAYS = """
RECEIVED CLARIFIED CANCELLED TOLD PROPOSED MAY MAY_NOT
DRAFT VALIDATED ELIGIBLE APPROVED ACTIVE COMPLETED FAILED REJECTED EXPIRED SUPERSEDED
APPROVE REJECT REQUEST_CLARIFICATION PROVIDE_CLARIFICATION MODIFY NOTE ATTEST ACKNOWLEDGE RESOLVE
JOB_PENDING JOB_RUNNING JOB_DONE JOB_FAILED ROLLBACK_PENDING ROLLBACK_RUNNING ROLLBACK_DONE ROLLBACK_FAILED
DEFINED CHANGED UNDONE FINAL HEALTHY DEGRADED UNHEALTHY UNKNOWN EVALUATED ROLLBACK_EVALUATED
PASS FAIL INCONCLUSIVE ROLLBACK_PASS ROLLBACK_FAIL ROLLBACK_INCONCLUSIVE
INCIDENT_OPEN INCIDENT_ROLLED_BACK INCIDENT_ROLLBACK_FAILED INCIDENT_RESOLVED
OPERATED
""".split()


class Word(NamedTuple):
    """A message type: its one writer, its topic, and what it can state. `*` is each service, on a topic of its own."""

    writer: str
    topic: str
    says: frozenset[str]

    def may_be_of(self, writer: str) -> bool:
        return self.writer in ("*", writer)

    def topic_of(self, writer: str) -> str:
        return self.topic.replace("*", writer)


WORDS: dict[str, Word] = {}
for _line in _WORDS.strip().splitlines():
    _type, _writer, _topic, *_says = _line.split()
    WORDS[_type] = Word(_writer, _topic, frozenset(_says))
TYPES = list(WORDS)

# cause, what it said -> type, what it may say then. `*` is every meaning of the type. `records`: the message only notes
# something, it is no authority for anything new. `moves`: it may be about another contract or plan than its cause.
_EDGES = """
@crm                                            -> IssueReceived RECEIVED
@crm                                            -> ClarificationReceived CLARIFIED
@crm                                            -> CancellationReceived CANCELLED
IssueReceived RECEIVED                          -> ProposalMade PROPOSED
ContractChanged DRAFT                           -> ProposalMade PROPOSED
ProposalMade PROPOSED                           -> EligibilityJudged MAY MAY_NOT

EligibilityJudged MAY                           -> ContractChanged ELIGIBLE
EligibilityJudged MAY_NOT                       -> ContractChanged REJECTED
ReviewDecided APPROVE                           -> ContractChanged APPROVED ACTIVE
ReviewDecided REJECT                            -> ContractChanged REJECTED
ReviewDecided MODIFY                            -> ContractChanged SUPERSEDED
ReviewDecided MODIFY                            -> ContractChanged DRAFT : moves
CancellationReceived CANCELLED                  -> ContractChanged REJECTED
ContractChanged DRAFT VALIDATED ELIGIBLE APPROVED -> ContractChanged EXPIRED
AuditConcluded PASS                             -> ContractChanged COMPLETED
AuditConcluded FAIL                             -> ContractChanged FAILED
ReviewDecided *                                 -> ContractChanged * : records
CancellationReceived CANCELLED                  -> ContractChanged * : records
ContractChanged ELIGIBLE                        -> ContractChanged ELIGIBLE : records
ContractChanged APPROVED                        -> ContractChanged APPROVED : records
AuditConcluded INCONCLUSIVE                     -> ContractChanged ACTIVE : records

AuditConcluded FAIL                             -> IncidentChanged INCIDENT_OPEN
AuditConcluded ROLLBACK_PASS                    -> IncidentChanged INCIDENT_ROLLED_BACK
AuditConcluded ROLLBACK_FAIL ROLLBACK_INCONCLUSIVE -> IncidentChanged INCIDENT_OPEN INCIDENT_ROLLBACK_FAILED
JobChanged ROLLBACK_RUNNING                     -> IncidentChanged INCIDENT_OPEN
ReviewDecided RESOLVE                           -> IncidentChanged INCIDENT_RESOLVED
ReviewDecided ACKNOWLEDGE RESOLVE               -> IncidentChanged * : records

ContractChanged ELIGIBLE                        -> ReviewDecided APPROVE REQUEST_CLARIFICATION MODIFY PROVIDE_CLARIFICATION
ContractChanged DRAFT VALIDATED ELIGIBLE APPROVED -> ReviewDecided REJECT
ContractChanged *                               -> ReviewDecided NOTE
ClarificationReceived CLARIFIED                 -> ReviewDecided PROVIDE_CLARIFICATION
AuditConcluded INCONCLUSIVE                     -> ReviewDecided ATTEST
IncidentChanged *                               -> ReviewDecided ACKNOWLEDGE RESOLVE

ContractChanged ACTIVE                          -> JobChanged JOB_PENDING JOB_RUNNING JOB_DONE JOB_FAILED
ContractChanged FAILED                          -> JobChanged ROLLBACK_PENDING ROLLBACK_RUNNING ROLLBACK_DONE ROLLBACK_FAILED
ContractChanged ACTIVE                          -> CapabilityChanged CHANGED : moves
ContractChanged FAILED                          -> CapabilityChanged UNDONE : moves
ContractChanged COMPLETED                       -> CapabilityChanged FINAL : moves

JobChanged JOB_DONE JOB_FAILED                  -> JobEvaluated EVALUATED
JobChanged ROLLBACK_DONE ROLLBACK_FAILED        -> JobEvaluated ROLLBACK_EVALUATED
JobEvaluated EVALUATED                          -> AuditConcluded PASS FAIL INCONCLUSIVE
ReviewDecided ATTEST                            -> AuditConcluded PASS FAIL INCONCLUSIVE
JobEvaluated ROLLBACK_EVALUATED                 -> AuditConcluded ROLLBACK_PASS ROLLBACK_FAIL ROLLBACK_INCONCLUSIVE

@operator                                       -> OperatorActed OPERATED : records
"""


class Edge(NamedTuple):
    """What allowed a message: `effect` is false where it only records, `moves` where subject and plan may change."""

    effect: bool
    moves: bool


_edges: dict[tuple[str, str, str, str], Edge] = {}
for _line in filter(None, _EDGES.splitlines()):
    _rule, _, _how = _line.partition(" : ")
    (_cause, *_said), (_type, *_may) = (side.split() for side in _rule.split("->"))
    for _before in (WORDS[_cause].says if _said == ["*"] else _said or [""]):
        for _after in WORDS[_type].says if _may == ["*"] else _may:
            # Of two rules the first, which has an effect, counts.
            _edges.setdefault((_cause, _before, _type, _after), Edge("records" not in _how, "moves" in _how))


def edge(cause: str, cause_says: str, type: str, says: str) -> Optional[Edge]:
    """The rule under which a message may be said on a cause; on a CRM's words the cause is `@crm`, on an operator's request `@operator`."""
    return _edges.get((cause, cause_says, type, says))


BY_CONTRACT = frozenset(
    "ContractChanged IncidentChanged ReviewDecided JobChanged JobEvaluated AuditConcluded"
    " ClarificationReceived CancellationReceived".split()
)
_NO_APPROVAL_YET = frozenset("DRAFT VALIDATED ELIGIBLE REJECTED EXPIRED SUPERSEDED".split())
_NEED_BOTH = frozenset("JobChanged JobEvaluated AuditConcluded IncidentChanged CapabilityChanged".split())


def permits_needed(type: str, says: str) -> tuple[str, ...]:
    """Which links a message must carry besides its cause."""
    if type in _NEED_BOTH:
        return ("may", "approve")
    if type == "ContractChanged":
        return ("may",) if says in _NO_APPROVAL_YET else ("may", "approve")
    if type == "ReviewDecided":
        return ("may", "approve") if says in ("ATTEST", "ACKNOWLEDGE", "RESOLVE") else ("may",)
    return ()


def may_is_for_this_plan(type: str, says: str) -> bool:
    """False where a revision still carries the MAY of the contract it came from."""
    if type in ("ProposalMade", "EligibilityJudged", "CrmUpdate"):
        return False
    if type == "ContractChanged":
        return says not in ("DRAFT", "VALIDATED", "REJECTED", "EXPIRED", "SUPERSEDED")
    return type != "ReviewDecided" or says not in ("REJECT", "NOTE")


STEPS = {
    "DRAFT": "VALIDATED REJECTED EXPIRED",
    "VALIDATED": "ELIGIBLE REJECTED EXPIRED",
    "ELIGIBLE": "APPROVED REJECTED EXPIRED SUPERSEDED",
    "APPROVED": "ACTIVE REJECTED EXPIRED",
    "ACTIVE": "COMPLETED FAILED",
}


def may_become(before: str, after: str) -> bool:
    """Whether a contract may go from one state to another; a note leaves it where it is."""
    return before == after or after in STEPS.get(before, "").split()
