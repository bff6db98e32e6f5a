-- EVID-001: the copies of the reference topics are audited as well.
GRANT SELECT ON ref_capabilities, ref_health TO ${role}_reader;
