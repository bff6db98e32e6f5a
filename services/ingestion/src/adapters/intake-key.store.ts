import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Content } from '../domain/content';
import { keyOf } from '../domain/fold-intake';
import type { Intake, IntakeEvent, KeyUse } from '../domain/receive';

/** The last use of each idempotency key. */
@Injectable()
export class IntakeKeyStore {
  /** Locks the keys of these inputs, in order, and returns the uses there were. FLOW-002 across processes and HTTP. */
  async lock(tx: Tx, intakes: readonly Intake[]): Promise<Map<string, KeyUse>> {
    const unique = [...new Map(intakes.map((i) => [keyOf(i), i])).values()];
    if (unique.length === 0) return new Map();
    const columns = [unique.map((i) => i.sourceSystem), unique.map((i) => i.kind), unique.map((i) => i.idempotencyKey)];
    const rows = await tx.rows<{
      source_system: string;
      kind: Intake['kind'];
      idempotency_key: string;
      subject_id: string | null;
      appended_at: string;
      repetition: number;
      reference: string | null;
      content: Content | null;
    }>(
      // An update that changes nothing locks what is there already.
      `INSERT INTO intake_keys (source_system, kind, idempotency_key)
       SELECT s, k, i FROM unnest($1::text[], $2::text[], $3::text[]) AS t (s, k, i) ORDER BY s, k, i
       ON CONFLICT (source_system, kind, idempotency_key) DO UPDATE SET repetition = intake_keys.repetition
       RETURNING source_system, kind, idempotency_key, subject_id, appended_at, repetition, reference, content`,
      columns,
    );
    const uses = new Map<string, KeyUse>();
    for (const r of rows) {
      if (r.subject_id === null) continue;
      const key = keyOf({ sourceSystem: r.source_system, kind: r.kind, idempotencyKey: r.idempotency_key });
      const { subject_id: subjectId, repetition, reference, content } = r;
      uses.set(key, { subjectId, appendedAt: Number(r.appended_at), repetition, reference, content });
    }
    return uses;
  }

  /** Notes the uses that these events made; of several in a batch the last. */
  async save(tx: Tx, decided: readonly { readonly intake: Intake; readonly event: IntakeEvent }[]): Promise<void> {
    const uses = new Map<string, { intake: Intake; subjectId: string; repetition: number }>();
    for (const { intake, event } of decided) {
      const subjectId = subjectOf(event);
      if (!subjectId) continue;
      const repetition = event.type === 'issue-received' ? event.repetition : 0;
      uses.set(keyOf(intake), { intake, subjectId, repetition });
    }
    const u = [...uses.values()];
    if (u.length === 0) return;
    await tx.run(
      `UPDATE intake_keys SET subject_id = t.id, appended_at = t.a, repetition = t.n, reference = t.r, content = t.c::jsonb
       FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::int[], $7::text[], $8::text[])
         AS t (s, k, i, id, a, n, r, c)
       WHERE source_system = t.s AND kind = t.k AND idempotency_key = t.i`,
      [
        u.map((x) => x.intake.sourceSystem),
        u.map((x) => x.intake.kind),
        u.map((x) => x.intake.idempotencyKey),
        u.map((x) => x.subjectId),
        u.map((x) => x.intake.appendedAt),
        u.map((x) => x.repetition),
        u.map((x) => x.intake.reference),
        u.map((x) => JSON.stringify(x.intake.content)),
      ],
    );
  }
}

function subjectOf(event: IntakeEvent): string | null {
  switch (event.type) {
    case 'issue-received':
      return event.issueId;
    case 'issues-cancelled':
      return event.issues[0]?.issueId ?? null;
    case 'clarification-received':
      return event.request.issueId;
    default:
      return null;
  }
}
