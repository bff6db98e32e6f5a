-- EVID-001: what an operator's audit holds against the topics. The reader reads these tables, and nothing else.
GRANT SELECT ON jobs, job_steps, job_log, capabilities, capability_log, registry_counter, catalogues, job_edges TO ${role}_reader;
