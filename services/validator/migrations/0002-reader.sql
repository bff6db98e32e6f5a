-- EVID-001: what an operator's audit holds against the topics. The reader reads these tables, and nothing else.
GRANT SELECT ON originals TO ${role}_reader;
