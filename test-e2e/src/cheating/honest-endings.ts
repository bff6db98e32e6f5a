import { type Says, sha256 } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Heard } from '../../../infra/local/src/testing/world';
import { auditOf, evaluationOf } from './execution-values';
import type { HeardContract, HonestWords } from './honest';

/** A message that was made and signed, whether it is published or not. */
export interface Made {
  readonly outgoing: Outgoing;
  readonly mandate: Buffer;
}
export type Cited = { readonly mandate: Buffer };

const about = (contract: HeardContract, version: number) => ({
  key: contract.key,
  issueId: contract.value.issue_id,
  version,
  planDigest: contract.value.plan_digest,
  now: Date.now(),
});

/** What the executor says of a contract's job. */
export const jobSaying = (
  contract: HeardContract,
  cites: Cited,
  value: Messages['JobChanged'],
  says: Says = 'JOB_DONE',
) => ({ ...about(contract, value.version), message: 'JobChanged', says, cites: citing(cites), value }) as const;

/** What health says of a finished job. */
export const evaluationSaying = (contract: HeardContract, job: Cited, value: Messages['JobEvaluated'], version = 1) =>
  ({ ...about(contract, version), message: 'JobEvaluated', says: 'EVALUATED', cites: citing(job), value }) as const;

/** What the auditor says. */
export const auditSaying = (contract: HeardContract, cites: Cited, value: Messages['AuditConcluded'], version = 1) =>
  ({
    ...about(contract, version),
    message: 'AuditConcluded',
    says: value.verdict as Says,
    cites: citing(cites),
    value,
  }) as const;

/** An evaluation by the honest health, made and signed; not published, so that the auditor says nothing about it. */
export async function evaluated(words: HonestWords, contract: HeardContract, job: Heard<'JobChanged'>): Promise<Made> {
  const outgoing = say(evaluationSaying(contract, job, evaluationOf(contract, job.value.job_id)));
  return { outgoing, mandate: await words.world.prove('health', outgoing.mandate) };
}

/** A verdict by the honest auditor, made and signed; not published. */
export async function audited(
  words: HonestWords,
  contract: HeardContract,
  job: Heard<'JobChanged'>,
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE',
): Promise<Made & { readonly value: Messages['AuditConcluded'] }> {
  const value = auditOf(contract, job.value.job_id, verdict);
  const outgoing = say(auditSaying(contract, await evaluated(words, contract, job), value));
  return { outgoing, value, mandate: await words.world.prove('auditor', outgoing.mandate) };
}

/** The digest that stands for bytes from outside. */
export const outside = (text: string): Buffer => sha256(text);
