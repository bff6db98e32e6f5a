-- EVID-001: what an operator's audit holds against the topics. The reader reads these tables, and nothing else.
GRANT SELECT ON health_scopes, health_history, signals, signal_lifts, capability_history, contract_scopes, evaluations TO ${role}_reader;
