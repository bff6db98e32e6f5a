-- EVID-001: what an operator's audit holds against the topics. The reader reads these tables, and nothing else.
GRANT SELECT ON issues, revision_proposals, escalated_issues, contracts, contract_changes, clarification_rounds,
  jobs, evaluations, audits, incidents, incident_changes, hops, decisions, review_events TO ${role}_reader;
