-- EVID-001: what an operator's audit holds against the topics. The reader reads these tables, and nothing else.
GRANT SELECT ON issue_events, issue_progress, contracts_heard, incidents_heard, clarification_requests,
  cancellations, crm_updates, crm_references TO ${role}_reader;
