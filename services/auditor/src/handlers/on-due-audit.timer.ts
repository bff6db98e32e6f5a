import { OnTimer, type Outgoing, type TimerBatch, Timers, Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { AttestationStore } from '../adapters/attestation.store';
import { toAuditConcluded } from '../adapters/audit-concluded.wire';
import { AUDIT_TIMER, type Case, CaseStore } from '../adapters/case.store';
import { CaseFileReader } from '../adapters/case-file.reader';
import { type AuditorConfig, CONFIG } from '../config';
import { audit } from '../domain/audit';
import { decideCase } from '../domain/case';
import { missingOf } from '../domain/completeness';

/** Cases that are due: new ones, those that waited for evidence, those tried once more, and those nobody resolved. */
@Controller()
export class OnDueAudit {
  constructor(
    private readonly cases: CaseStore,
    private readonly files: CaseFileReader,
    private readonly attestations: AttestationStore,
    private readonly timers: Timers,
    @Inject(CONFIG) private readonly config: AuditorConfig,
  ) {}

  @OnTimer(AUDIT_TIMER)
  async fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const keys = batch.messages.map((m) => m.aggregateId);
    const outgoing: Outgoing[] = [];
    for (const one of await this.cases.lock(tx, keys)) outgoing.push(...(await this.decide(tx, one, batch.now)));
    return outgoing;
  }

  private async decide(tx: Tx, one: Case, now: number): Promise<Outgoing[]> {
    const { AUDIT_WAIT: waitMs, AUDIT_RETRY: retryMs, INCONCLUSIVE_MAX: inconclusiveMs } = this.config;
    const file = await this.files.read(tx, one);
    const attestations = await this.attestations.of(tx, one);
    const audited = audit(file, one.hasFailed, attestations);
    const decision = decideCase(one, audited, missingOf(file), { waitMs, retryMs, inconclusiveMs }, now);
    if (decision.kind === 'nothing') return [];
    const nextAt = decision.kind === 'wait' ? decision.until : decision.nextAt;
    if (nextAt !== null)
      await this.timers.set(tx, AUDIT_TIMER, [{ aggregateId: this.cases.keyOf(one), dueAt: nextAt }]);
    if (decision.kind === 'wait') return [];
    const recorded = await this.cases.conclude(tx, one, audited, decision, now);
    const answered = one.isAnswered ? (attestations[0] ?? null) : null;
    return [toAuditConcluded(one, audited, decision, recorded, answered, now)];
  }
}
