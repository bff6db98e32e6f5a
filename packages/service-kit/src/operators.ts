import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Problem } from './problem';

const entries = z.array(z.object({ token_sha256: z.string().regex(/^[0-9a-f]{64}$/), operator: z.string().min(1) }));

/** Who may operate a service over HTTP: a bearer token's SHA-256 and the operator's name, which is recorded (AM-18). */
export class Operators {
  private constructor(
    private readonly known: z.output<typeof entries>,
    private readonly logger: Logger,
  ) {}

  /**
   * @param file JSON `[{"token_sha256": "<hex>", "operator": "<name>"}]`; without one nobody is let in
   * @throws Error naming the file if it is not that
   */
  static load(file: string | undefined, logger: Logger): Operators {
    if (file === undefined) return new Operators([], logger);
    const read = entries.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!read.success) throw new Error(`${file} is no list of operators: ${read.error.issues[0]?.message}`);
    return new Operators(read.data, logger);
  }

  /** The operator a request's `Authorization` header belongs to. @throws Problem 401; the refusal is logged */
  authenticate(authorization: string | undefined): string {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    const digest = createHash('sha256')
      .update(token ?? '')
      .digest();
    const found = token && this.known.find((o) => timingSafeEqual(Buffer.from(o.token_sha256, 'hex'), digest));
    if (found) return found.operator;
    this.logger.warn({ hasToken: token !== undefined }, 'an operator was refused: no known bearer token');
    throw new Problem(401, 'NOT_AN_OPERATOR', "This needs an operator's bearer token.");
  }
}
