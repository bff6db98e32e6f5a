import { sha256 } from '@mandate/contracts';

/** Bearer tokens of the HTTP intake, each bound to one source system. Only their digests are known here. */
export class IntakeTokens {
  private readonly systems: ReadonlyMap<string, string>;

  constructor(tokens: readonly { readonly token_sha256: string; readonly source_system: string }[]) {
    this.systems = new Map(tokens.map((t) => [t.token_sha256, t.source_system]));
  }

  /**
   * The source system that an `Authorization` header speaks for, or null. A lookup by digest tells nothing by its
   * duration that would help to guess a token.
   */
  sourceSystemOf(authorization: string | undefined): string | null {
    const [, token] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '') ?? [];
    return token === undefined ? null : (this.systems.get(sha256(token).toString('hex')) ?? null);
  }
}
