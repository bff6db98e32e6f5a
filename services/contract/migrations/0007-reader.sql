-- EVID-001: what an operator's audit holds against the topics. The reader reads these tables, and nothing else.
GRANT SELECT ON contracts, contract_transitions, verdicts_used, decisions_taken, approvals, holds, jobs, audits,
  outcomes, incidents, incident_log, contract_edges TO ${role}_reader;
