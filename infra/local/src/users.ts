/** The eight services, in the order of the flow. */
export const serviceNames = [
  'ingestion',
  'validator',
  'eligibility',
  'contract',
  'review',
  'executor',
  'health',
  'auditor',
] as const;

/** A service's name; also its broker user, its database's suffix and its folder. */
export type ServiceName = (typeof serviceNames)[number];

/**
 * The broker's users: one for each service, `crm` (publishes issues as a customer system would), `observer` (reads the
 * answers and every topic of ours; for tests and the command line). `admin` and `broker` exist on every broker.
 */
export const stackUsers = [...serviceNames, 'crm', 'observer'] as const;
