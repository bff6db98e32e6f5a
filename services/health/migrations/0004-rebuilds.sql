-- Histories and scopes hold nothing but what was read from topics that are kept for ever: they can be read again.
GRANT DELETE ON capability_history, contract_scopes TO ${role};
