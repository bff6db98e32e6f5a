import { EXIT, type ExitCode } from '../refusal';
import { type QueueItem, ReviewApi } from '../review-api';
import { openStack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

/** Flags of `contracts`, as the queue takes them. */
export interface ContractsOptions {
  readonly status?: string;
  readonly capability?: string;
  readonly risk?: string;
  readonly source?: string;
  readonly q?: string;
}

/** Lists the review queue, soonest to expire first. */
export async function contracts({ terminal, isJson }: Context, options: ContractsOptions): Promise<ExitCode> {
  const api = new ReviewApi(openStack(terminal.env));
  const found: QueueItem[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: URLSearchParams = new URLSearchParams({ ...options, limit: '200', ...(cursor ? { cursor } : {}) });
    const page: { contracts: QueueItem[]; next_cursor: string | null } = await api.get(`/contracts?${query}`);
    found.push(...page.contracts);
    cursor = page.next_cursor;
  }
  if (isJson) for (const item of found) terminal.out(JSON.stringify(item));
  else if (found.length === 0) terminal.out('No contract fits.');
  else terminal.out(table([['contract', 'status', 'risk', 'expires', 'capabilities', 'title'], ...found.map(row)]));
  return EXIT.done;
}

function row(c: QueueItem): string[] {
  const expires = `${c.expires_at.slice(0, 16).replace('T', ' ')}Z`;
  return [c.contract_id, c.status, c.risk_level, expires, c.affected_capabilities.join(', '), shownInLine(c.title)];
}
