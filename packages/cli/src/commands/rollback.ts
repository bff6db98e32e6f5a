import { EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import type { Context } from '../terminal';

/** Has a rollback that failed run once more; recorded with who and why. */
export async function retryRollback(
  { terminal, isJson }: Context,
  contractId: string,
  reason: string,
): Promise<ExitCode> {
  const api = new ServiceApi(openStack(terminal.env), 'executor');
  const path = `/rollbacks/${encodeURIComponent(contractId)}/retry`;
  const answer = await api.post<{ contract_id: string; job_id: string; attempt: number }>(path, { reason });
  if (isJson) terminal.out(JSON.stringify(answer));
  else terminal.out(`Attempt ${answer.attempt} has begun. How it goes: mandate follow ${contractId} --watch`);
  return EXIT.done;
}
