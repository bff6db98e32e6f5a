import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Contract } from '../domain/contract';

/** Who holds which capability (HOLD-001). */
@Injectable()
export class HoldsStore {
  /** One replica at a time decides who goes first; waits for the other to commit. */
  async queueUp(tx: Tx): Promise<void> {
    await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('contract holds', 0))`);
  }

  /** Takes all capabilities of these contracts, in name order. A unique violation undoes the activation with it. */
  async take(tx: Tx, contracts: readonly Contract[], now: number): Promise<void> {
    const rows = contracts
      .flatMap(({ terms }) => terms.plan.affected_capabilities.map((c) => [c, terms.contractId] as const))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (rows.length === 0) return;
    await tx.run(
      'INSERT INTO holds (capability, contract_id, since) SELECT c, i, $3 FROM unnest($1::text[], $2::uuid[]) AS t (c, i)',
      [rows.map(([c]) => c), rows.map(([, id]) => id), now],
    );
  }

  /** Lets everything go that these contracts hold: rolled back, or the founder has resolved the incident. */
  async release(tx: Tx, contractIds: readonly string[]): Promise<void> {
    if (contractIds.length === 0) return;
    await tx.run('DELETE FROM holds WHERE contract_id = ANY ($1::uuid[])', [contractIds]);
  }

  /** Lets single capabilities go that have become final. */
  async releaseFinal(
    tx: Tx,
    final: readonly { readonly capability: string; readonly contractId: string }[],
  ): Promise<void> {
    if (final.length === 0) return;
    await tx.run(
      'DELETE FROM holds USING unnest($1::text[], $2::uuid[]) AS t (c, i) WHERE capability = t.c AND contract_id = t.i',
      [final.map((f) => f.capability), final.map((f) => f.contractId)],
    );
  }
}
