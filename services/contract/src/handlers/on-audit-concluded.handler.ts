import { Hop, type HopBatch, type Outgoing, PermanentFault, type Tx, UnauthorisedFault } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { checkMeaning, toVerdict } from '../adapters/audit-concluded.wire';
import { AuditsStore, openAuditOf } from '../adapters/audits.store';
import { checkSameContract } from '../adapters/same-contract';
import { VerdictDesk } from '../adapters/verdict-desk';
import { decideVerdict } from '../domain/decide-verdict';

/** The auditor's verdict closes the contract, or moves its incident (PART2-004). No path goes round it. */
@Controller()
export class OnAuditConcluded {
  constructor(
    private readonly desk: VerdictDesk,
    private readonly audits: AuditsStore,
  ) {}

  @Hop('AuditConcluded')
  async handle({ messages, now }: HopBatch<'AuditConcluded'>, tx: Tx): Promise<readonly Outgoing[]> {
    const ids = messages.map((m) => m.value.contract_id);
    const session = await this.desk.open(tx, ids, now);
    const open = [...(await this.audits.open(tx, ids))];
    for (const message of messages) {
      checkMeaning(message, open, session.facts.founders);
      if (message.link.says === 'INCONCLUSIVE') open.push(openAuditOf(message.value, message.bytes));
      const { contract_id: id, job_id: jobId, kind } = message.value;
      const verdict = { ...message, version: message.link.version };
      const matter = this.desk.matterOf(verdict, session);
      if (!matter) throw new PermanentFault('NOT_FOUND', `there is no contract ${id}`);
      checkSameContract(message, matter.contract.terms);
      if (session.jobs.some((j) => j.contractId === id && j.kind === kind && j.jobId !== jobId)) {
        throw new UnauthorisedFault('WRONG_JOB', `judges job ${jobId}, which is not the contract's ${kind} job`);
      }
      this.desk.enter(verdict, decideVerdict(toVerdict(message.value), matter, session.facts, now), session);
    }
    return this.desk.close(tx, session);
  }
}
