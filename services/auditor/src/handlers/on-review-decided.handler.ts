import type { ReviewDecided } from '@mandate/schemas';
import {
  Hop,
  type HopBatch,
  idsOf,
  Keyring,
  LOGGER,
  type Message,
  type Outgoing,
  Timers,
  Tx,
} from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { Logger } from 'pino';
import { AttestationStore, type Examined } from '../adapters/attestation.store';
import { AUDIT_TIMER, caseKey } from '../adapters/case.store';
import { problemOf, type Word } from '../domain/attestation';

/** A founder's word on inconclusive checks makes its case due again (AM-04). Other decisions are not for here. */
@Controller()
export class OnReviewDecided {
  constructor(
    private readonly attestations: AttestationStore,
    private readonly timers: Timers,
    private readonly keyring: Keyring,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Hop('ReviewDecided')
  async handle(batch: HopBatch<'ReviewDecided'>, tx: Tx): Promise<Outgoing[]> {
    const attested = batch.messages.filter((m) => m.link.says === 'ATTEST');
    if (attested.length === 0) return [];
    const cited = attested.map((m) => ({ contractId: m.value.contract_id, version: m.cause?.version ?? 0 }));
    const audits = await this.attestations.audits(tx, cited);
    const { founders } = this.keyring.manifest;
    const examined = attested.map((message): Examined => {
      const { contract_id, decision_id } = message.value;
      const audit = audits.find((a) => a.contractId === contract_id && a.version === message.cause?.version) ?? null;
      const problem = problemOf(toWord(message), audit, founders);
      if (problem) this.logger.warn({ ...idsOf(message), decision_id, problem }, 'an attestation does not count');
      return { message, audit, problem };
    });
    await this.attestations.keep(tx, examined, batch.now);
    const due = examined.flatMap(({ audit, problem }) =>
      audit && !problem ? [caseKey(audit.jobId, audit.jobAttempt)] : [],
    );
    await this.timers.set(
      tx,
      AUDIT_TIMER,
      [...new Set(due)].map((aggregateId) => ({ aggregateId, dueAt: batch.now })),
    );
    return [];
  }
}

function toWord({ value, cause }: Message<ReviewDecided>): Word {
  const { statement: bytes, signature, key_id: keyId } = value;
  return {
    actor: value.actor,
    contractId: value.contract_id,
    checks: value.attested_checks ?? [],
    reason: value.reason ?? '',
    attestedAt: value.decided_at,
    signed: bytes && signature && keyId !== null ? { bytes, signature, keyId } : null,
    auditDigest: cause?.valueDigest ?? Buffer.alloc(32),
  };
}
