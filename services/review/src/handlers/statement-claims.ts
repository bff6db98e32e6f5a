import type { AttestStatement } from '@mandate/contracts';
import type { SignedStatement } from '../domain/action';

/** What a statement says of itself, believed only once its signature holds; it is recorded either way. */
export function claimedOf(signed: SignedStatement | null): {
  readonly reason: string | null;
  readonly checks: string[];
} {
  const said = parsedOrNothing(signed?.statement.toString('utf8') ?? '');
  const checks = Array.isArray(said.checks) ? said.checks.filter((check) => typeof check === 'string') : [];
  return { reason: typeof said.reason === 'string' ? said.reason.slice(0, 2_000) : null, checks };
}

function parsedOrNothing(text: string): Partial<AttestStatement> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
