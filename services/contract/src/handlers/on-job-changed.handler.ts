import { Hop, type HopBatch, type Outgoing, PermanentFault, type Tx, UnauthorisedFault } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { toVerdict } from '../adapters/audit-concluded.wire';
import { AuditsStore, type Verdict } from '../adapters/audits.store';
import { ContractStore } from '../adapters/contract.store';
import { ContractTimers } from '../adapters/contract-timers';
import { JobsStore } from '../adapters/jobs.store';
import { checkSameContract } from '../adapters/same-contract';
import { VerdictDesk, type VerdictSession } from '../adapters/verdict-desk';
import { decideVerdict } from '../domain/decide-verdict';

/** Remembers which jobs are a contract's, and lets verdicts that came before their job count now. */
@Controller()
export class OnJobChanged {
  constructor(
    private readonly contracts: ContractStore,
    private readonly jobs: JobsStore,
    private readonly audits: AuditsStore,
    private readonly desk: VerdictDesk,
    private readonly timers: ContractTimers,
  ) {}

  @Hop('JobChanged')
  async handle({ messages, now }: HopBatch<'JobChanged'>, tx: Tx): Promise<readonly Outgoing[]> {
    const ids = messages.map((m) => m.value.contract_id);
    const stored = await this.contracts.lock(tx, ids);
    const known: { contractId: string; kind: string; jobId: string }[] = await this.jobs.of(tx, ids);
    for (const message of messages) {
      const { contract_id: id, job_id: jobId, kind } = message.value;
      const contract = stored.find((s) => s.contract.terms.contractId === id)?.contract;
      if (!contract) throw new PermanentFault('NOT_FOUND', `there is no contract ${id}`);
      checkSameContract(message, contract.terms);
      if (kind !== (message.link.says.startsWith('ROLLBACK_') ? 'ROLLBACK' : 'CHANGE')) {
        throw new UnauthorisedFault('SAYS_OTHERWISE', "a job's value is of another kind than its link");
      }
      const before = known.find((j) => j.contractId === id && j.kind === kind);
      if (before && before.jobId !== jobId) {
        throw new UnauthorisedFault('SECOND_JOB', `contract ${id} has a ${kind} job already (CONTRACT-003)`);
      }
      known.push({ contractId: id, kind, jobId });
    }
    await this.jobs.keep(
      tx,
      messages.map((m) => m.value),
    );
    const ended = messages.flatMap(({ value: v }) =>
      v.kind === 'CHANGE' && v.ended_at !== null ? [{ contractId: v.contract_id, endedAt: v.ended_at }] : [],
    );
    await this.timers.expectAudits(tx, ended);
    const waiting = await this.audits.waiting(tx, ids);
    const running = messages.filter((m) => m.link.says === 'ROLLBACK_RUNNING');
    if (waiting.length + running.length === 0) return [];
    const session = await this.desk.open(tx, ids, now);
    for (const message of running) this.desk.rerun(message, session);
    this.conclude(waiting, session, now);
    return this.desk.close(tx, session);
  }

  /** Verdicts that came before their job count now; one on a job that is not the contract's goes on waiting. */
  private conclude(waiting: readonly Verdict[], session: VerdictSession, now: number): void {
    for (const verdict of waiting) {
      const { contract_id: id, job_id: jobId } = verdict.value;
      const matter = this.desk.matterOf(verdict, session);
      if (!matter || !session.jobs.some((j) => j.contractId === id && j.jobId === jobId)) continue;
      this.desk.enter(verdict, decideVerdict(toVerdict(verdict.value), matter, session.facts, now), session);
    }
  }
}
