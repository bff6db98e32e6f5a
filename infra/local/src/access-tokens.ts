import { createHash } from 'node:crypto';
import { keptSecret, writePrivateFile } from './secrets';
import type { StackFiles } from './stack-files';

/** The source system that the local intake token speaks for; the sample issues come from it. */
export const localSourceSystem = 'sample-desk';

/** The operator that the local operator token speaks for. */
export const localOperator = 'operator@local';

/**
 * Makes the bearer tokens of the HTTP intake and of the operators, and the lists of their digests: services are given
 * the lists only.
 */
export function ensureAccessTokens(files: StackFiles): void {
  const digestOf = (path: string) => createHash('sha256').update(keptSecret(path)).digest('hex');
  const intake = [{ token_sha256: digestOf(files.intakeToken), source_system: localSourceSystem }];
  const operators = [{ token_sha256: digestOf(files.operatorToken), operator: localOperator }];
  writePrivateFile(files.intakeTokens, JSON.stringify(intake));
  writePrivateFile(files.operatorTokens, JSON.stringify(operators));
}
