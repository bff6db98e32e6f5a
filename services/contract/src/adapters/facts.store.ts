import { Keyring, Reference, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CONTRACT_CONFIG, type ContractConfig, limitsOf, periodsOf } from '../config';
import type { Facts } from '../domain/facts';
import type { Outcomes } from '../domain/health-impact';

/** Reads what decisions are made on, inside the deciding transaction. */
@Injectable()
export class FactsStore {
  constructor(
    private readonly reference: Reference,
    private readonly keyring: Keyring,
    @Inject(CONTRACT_CONFIG) private readonly config: ContractConfig,
  ) {}

  /** Registry, health and the founders' keys as they are known now; two statements. */
  async read(tx: Tx, now: number): Promise<Facts> {
    return {
      registry: await this.reference.registry(tx),
      health: await this.reference.health(now, tx),
      founders: this.keyring.manifest.founders,
      periods: periodsOf(this.config),
      limits: limitsOf(this.config),
      holders: new Map(),
      outcomes: new Map(),
    };
  }

  /** Adds how contracts on these capabilities ended lately, by `outcomeKey`. */
  async withOutcomes(tx: Tx, facts: Facts, capabilities: readonly string[], now: number): Promise<Facts> {
    const rows = await tx.rows<{ key: string; completed: string; failed: string }>(
      `SELECT capability || '#' || change_kind AS key, count(*) FILTER (WHERE outcome = 'COMPLETED') AS completed,
         count(*) FILTER (WHERE outcome = 'FAILED') AS failed
       FROM outcomes WHERE ended_at >= $1 AND capability = ANY ($2::text[]) GROUP BY 1`,
      [now - this.config.OUTCOMES_PERIOD, [...new Set(capabilities)]],
    );
    const outcomes = rows.map((r): [string, Outcomes] => [
      r.key,
      { completed: Number(r.completed), failed: Number(r.failed) },
    ]);
    return { ...facts, outcomes: new Map(outcomes) };
  }

  /** Adds who holds capabilities. */
  async withHolders(tx: Tx, facts: Facts): Promise<Facts> {
    const rows = await tx.rows<{ capability: string; contract_id: string }>(
      'SELECT capability, contract_id FROM holds',
    );
    return { ...facts, holders: new Map(rows.map((r) => [r.capability, r.contract_id])) };
  }
}
