import type { ServiceTables } from '../table';
import { AUDITOR_TABLES } from './auditor.tables';
import { CONTRACT_TABLES } from './contract-outcome.tables';
import { ELIGIBILITY_TABLES, VALIDATOR_TABLES } from './eligibility.tables';
import { EXECUTOR_TABLES } from './executor.tables';
import { HEALTH_TABLES } from './health.tables';
import { INGESTION_TABLES } from './ingestion.tables';
import { REVIEW_TABLES } from './review.tables';

/** What the topics tell of every service's tables. */
export const SERVICE_TABLES: readonly ServiceTables[] = [
  INGESTION_TABLES,
  VALIDATOR_TABLES,
  ELIGIBILITY_TABLES,
  CONTRACT_TABLES,
  REVIEW_TABLES,
  EXECUTOR_TABLES,
  HEALTH_TABLES,
  AUDITOR_TABLES,
];
