-- EVID-001: what an operator's audit holds against the topics. The reader reads these tables, and nothing else.
GRANT SELECT ON verdicts, waiting_proposals, lines, reservations, outcomes TO ${role}_reader;
