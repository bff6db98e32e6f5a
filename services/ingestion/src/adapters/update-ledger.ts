import { newId } from '@mandate/contracts';
import type { Outgoing, Tx } from '@mandate/service-kit';
import type { Addressee } from '../domain/crm-input';
import type { Told } from '../domain/told';
import { toCrmUpdate, type Update, type UpdateCause } from './crm-update.wire';

/** Where updates go: the record key of crm.updates.v1 and, where legible, whose it is. */
export interface Address {
  readonly updateKey: string;
  readonly to: Addressee | null;
}

/** What an update reports on, and what it rests on. */
export interface Report extends UpdateCause {
  readonly aggregate: string;
  readonly aggregateVersion: number;
  readonly topicOffset?: string | null;
  readonly valueDigest?: Buffer | null;
}

export function addressOf(to: Addressee): Address {
  return { updateKey: `${to.sourceSystem}/${to.reference}`, to };
}

/**
 * The updates of one transaction. Opening it locks the references in order, so that everything about a reference is
 * decided one after the other and its versions are gapless (FLOW-003). It is also the first lock that is taken (after
 * the idempotency keys), so that no two transactions wait for each other.
 */
export class UpdateLedger {
  private readonly updates: Update[] = [];

  private constructor(
    private readonly versions: Map<string, number>,
    private readonly now: number,
  ) {}

  static async open(tx: Tx, addresses: readonly Address[], now: number): Promise<UpdateLedger> {
    const unique = [...new Map(addresses.map((a) => [a.updateKey, a])).values()];
    if (unique.length === 0) return new UpdateLedger(new Map(), now);
    const rows = await tx.rows<{ update_key: string; version: string }>(
      // An update that changes nothing locks what is there already.
      `INSERT INTO crm_references (update_key, source_system, reference)
       SELECT k, s, r FROM unnest($1::text[], $2::text[], $3::text[]) AS a (k, s, r) ORDER BY k
       ON CONFLICT (update_key) DO UPDATE SET version = crm_references.version RETURNING update_key, version`,
      [
        unique.map((a) => a.updateKey),
        unique.map((a) => a.to?.sourceSystem ?? null),
        unique.map((a) => a.to?.reference ?? null),
      ],
    );
    return new UpdateLedger(new Map(rows.map((r) => [r.update_key, Number(r.version)])), now);
  }

  /** Notes an update under its key's next version and returns the message. */
  tell(address: Address, told: Told, report: Report): Outgoing {
    const version = (this.versions.get(address.updateKey) ?? 0) + 1;
    this.versions.set(address.updateKey, version);
    const update: Update = {
      updateId: newId(this.now),
      updateKey: address.updateKey,
      version,
      sourceSystem: address.to?.sourceSystem ?? null,
      reference: address.to?.reference ?? null,
      told,
      topicOffset: report.topicOffset ?? null,
      valueDigest: report.valueDigest ?? null,
      aggregate: report.aggregate,
      aggregateVersion: report.aggregateVersion,
      at: this.now,
    };
    this.updates.push(update);
    return toCrmUpdate(update, report);
  }

  /** Writes what was noted: two statements, however many updates. */
  async save(tx: Tx): Promise<void> {
    const u = this.updates;
    if (u.length === 0) return;
    await tx.run(
      `INSERT INTO crm_updates (update_key, version, update_id, source_system, reference, issue_id, contract_id, state, code,
         field, sentence, details, topic_offset, at, aggregate, aggregate_version)
       SELECT k, v, id, s, r, i, c, st, co, f, se, d, o, $16, a, av
       FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
         $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[])
         AS t (k, v, id, s, r, i, c, st, co, f, se, d, o, a, av)`,
      [
        u.map((x) => x.updateKey),
        u.map((x) => x.version),
        u.map((x) => x.updateId),
        u.map((x) => x.sourceSystem),
        u.map((x) => x.reference),
        u.map((x) => x.told.issueId),
        u.map((x) => x.told.contractId),
        u.map((x) => x.told.state),
        u.map((x) => x.told.code),
        u.map((x) => x.told.field),
        u.map((x) => x.told.sentence),
        u.map((x) => JSON.stringify(x.told.details)),
        u.map((x) => x.topicOffset),
        u.map((x) => x.aggregate),
        u.map((x) => x.aggregateVersion),
        this.now,
      ],
    );
    const touched = [...new Set(u.map((x) => x.updateKey))];
    await tx.run(
      `UPDATE crm_references SET version = t.v FROM unnest($1::text[], $2::bigint[]) AS t (k, v) WHERE update_key = t.k`,
      [touched, touched.map((k) => this.versions.get(k))],
    );
  }
}
