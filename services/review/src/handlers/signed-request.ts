import type { z } from 'zod';
import type { signedBody } from '../api/action.schema';
import type { SignedStatement } from '../domain/action';

/** A signed statement as it was sent; null where a part is missing. */
export function signedOf({ statement, signature, key_id: keyId }: z.output<typeof signedBody>): SignedStatement | null {
  if (statement === undefined || signature === undefined || keyId === undefined) return null;
  return { statement: Buffer.from(statement), signature: Buffer.from(signature, 'base64'), keyId };
}
