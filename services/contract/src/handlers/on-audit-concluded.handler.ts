import type { AuditConcluded } from '@mandate/schemas';
import {
  Hop,
  type HopBatch,
  type Message,
  type Outgoing,
  PermanentFault,
  type Tx,
  UnauthorisedFault,
} from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { Conclusions } from '../adapters/conclusions';
import { checkSameContract } from '../adapters/same-contract';

type Concluded = Message<AuditConcluded>;

/** The auditor's verdict closes the contract, or moves its incident (PART2-004). No path goes round it. */
@Controller()
export class OnAuditConcluded {
  constructor(private readonly conclusions: Conclusions) {}

  @Hop('AuditConcluded')
  async handle({ messages, now }: HopBatch<'AuditConcluded'>, tx: Tx): Promise<readonly Outgoing[]> {
    for (const message of messages) checkMeaning(message);
    const verdicts = messages.map((message) => ({ ...message, version: message.link.version, message }));
    return this.conclusions.conclude(tx, verdicts, now, (verdict, book, jobs) => {
      const { message } = verdicts.find((v) => v.digest.equals(verdict.digest)) as { message: Concluded };
      const { contract_id: id, job_id: jobId, kind } = verdict.value;
      const terms = book.get(id)?.contract.terms;
      if (!terms) throw new PermanentFault('NOT_FOUND', `there is no contract ${id}`);
      checkSameContract(message, terms);
      const job = jobs.find((j) => j.contractId === id && j.kind === kind);
      if (job && job.jobId !== jobId)
        throw new UnauthorisedFault('WRONG_JOB', `judges job ${jobId}, which is not the contract's ${kind} job`);
    });
  }
}

/** The verdict's value says what its link says. An attested one does not count until its signature can be verified here. */
function checkMeaning({ value, link, cause }: Concluded): void {
  const says = value.kind === 'ROLLBACK' ? `ROLLBACK_${value.verdict}` : value.verdict;
  if (says !== link.says || value.kind === 'UNKNOWN') {
    throw new UnauthorisedFault('SAYS_OTHERWISE', `a verdict's value says ${says}, its link ${link.says}`);
  }
  if (cause?.type !== 'JobEvaluated') {
    throw new UnauthorisedFault(
      'ATTESTATION_UNVERIFIED',
      "the founder's signature over an attested verdict cannot be verified",
    );
  }
}
