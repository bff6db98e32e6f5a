import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ApprovalStatement, keyIdOf, signStatement, statementBytes } from '@mandate/contracts';
import type { ContractChanged } from '@mandate/schemas';
import type { StackConnection } from './connection';

const DAY_MS = 86_400_000;

/**
 * Approves over HTTP as a script would: signs the approval statement with the founder's own key and posts it with the
 * founder's token. No service holds that key.
 *
 * @throws Error with the answer when it is refused
 */
export async function approveOverHttp(
  stack: StackConnection,
  contract: ContractChanged,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const base = `${stack.urls.review}/api/v1/contracts/${contract.contract_id}`;
  const headers = { authorization: `Bearer ${readFileSync(stack.founder.tokenFile, 'utf8').trim()}` };
  await untilShown(base, headers);
  const key = createPrivateKey(readFileSync(stack.founder.keyFile));
  const now = Date.now();
  const dossier = contract.dossier_digest.toString('hex');
  const statement: ApprovalStatement = {
    format: 'mandate-approval-v1',
    purpose: 'APPROVE',
    contract_id: contract.contract_id,
    dossier_digest: dossier,
    plan_digest: contract.plan_digest.toString('hex'),
    window_start: now,
    window_end: now + DAY_MS,
    constraints: contract.constraints,
    founder: stack.founder.name,
    session_id: 'demo',
    nonce: randomUUID(),
    not_after: now + 300_000,
  };
  const response = await fetch(`${base}/approve`, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'if-match': `"${dossier}"`,
    },
    body: JSON.stringify({
      statement: statementBytes(statement).toString('utf8'),
      signature: signStatement(statement, key).toString('base64'),
      key_id: keyIdOf(key),
    }),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`the approval was refused: ${JSON.stringify(body)}`);
  return { status: response.status, body };
}

async function untilShown(url: string, headers: Record<string, string>): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    const response = await fetch(url, { headers });
    if (response.ok) return;
    if (Date.now() > until) throw new Error(`the review service does not show the contract: ${await response.text()}`);
    await new Promise((r) => setTimeout(r, 100));
  }
}
