import { createHash, createHmac, randomBytes } from 'node:crypto';
import { newId } from '@mandate/contracts';
import { Database, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { isLive, isWorthNoting, type SessionLimits, type SessionTimes } from '../domain/session';
import type { Person, SignInAttempt } from './openid.client';

/** A founder's session. `sessionId` names it and opens nothing. */
export interface Session extends SessionTimes {
  readonly sessionId: string;
  readonly founder: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly idToken: string;
}

interface SessionRow {
  readonly session_id: string;
  readonly founder: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly id_token: string;
  readonly started_at: string;
  readonly seen_at: string;
}

const ATTEMPT_MS = 600_000;

/** Who is signed in and who is about to be; any replica finds it here. Secrets are kept by their digest. */
@Injectable()
export class SessionStore {
  readonly limits: SessionLimits;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: Config,
  ) {
    this.limits = { idleMs: config.SESSION_IDLE, lifetimeMs: config.SESSION_LIFETIME };
  }

  /** Opens a session. @returns the secret that the browser keeps */
  async open(person: Person, now: number): Promise<string> {
    const secret = newSecret();
    await this.database.transaction(async (tx) => {
      await this.forgetEnded(tx, now);
      await tx.run(
        `INSERT INTO sessions (session_digest, session_id, founder, name, roles, id_token, started_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
        [digestOf(secret), newId(now), person.subject, person.name, person.roles, person.idToken, now],
      );
    });
    return secret;
  }

  /** The session that a secret opens, if it has not ended; its use is noted. */
  async use(secret: string, now: number): Promise<Session | null> {
    const digest = digestOf(secret);
    const [row] = await this.database.rows<SessionRow>('SELECT * FROM sessions WHERE session_digest = $1', [digest]);
    const session = row && toSession(row);
    if (!session || !isLive(session, this.limits, now)) return null;
    if (!isWorthNoting(session, this.limits, now)) return session;
    await this.database.rows('UPDATE sessions SET seen_at = greatest(seen_at, $2) WHERE session_digest = $1', [
      digest,
      now,
    ]);
    return { ...session, seenAt: now };
  }

  /** Ends one session of a founder; `null`: all of them. */
  async end(founder: string, sessionId: string | null): Promise<void> {
    await this.database.rows(
      'DELETE FROM sessions WHERE founder = $1 AND ($2::text IS NULL OR session_id::text = $2)',
      [founder, sessionId],
    );
  }

  /** Remembers a sign-in under way. @returns the secret that the browser keeps meanwhile */
  async beginSignIn(attempt: SignInAttempt, returnTo: string, now: number): Promise<string> {
    const secret = newSecret();
    const { state, nonce, codeVerifier } = attempt;
    await this.database.rows(
      'INSERT INTO sign_ins (attempt_digest, state, nonce, code_verifier, return_to, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
      [digestOf(secret), state, nonce, codeVerifier, returnTo, now + ATTEMPT_MS],
    );
    return secret;
  }

  /** Takes a sign-in under way, once. */
  async takeSignIn(secret: string, now: number): Promise<(SignInAttempt & { readonly returnTo: string }) | null> {
    const [row] = await this.database.transaction((tx) =>
      tx.rows<{ state: string; nonce: string; code_verifier: string; return_to: string; expires_at: string }>(
        'DELETE FROM sign_ins WHERE attempt_digest = $1 RETURNING state, nonce, code_verifier, return_to, expires_at',
        [digestOf(secret)],
      ),
    );
    if (!row || Number(row.expires_at) <= now) return null;
    return { state: row.state, nonce: row.nonce, codeVerifier: row.code_verifier, returnTo: row.return_to };
  }

  private async forgetEnded(tx: Tx, now: number): Promise<void> {
    const { idleMs, lifetimeMs } = this.limits;
    await tx.run('DELETE FROM sessions WHERE started_at <= $1 OR seen_at <= $2', [now - lifetimeMs, now - idleMs]);
    await tx.run('DELETE FROM sign_ins WHERE expires_at <= $1', [now]);
  }
}

/** What a page with this session must send along with what changes something: only who has the session's secret knows it. */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('mandate-csrf').digest('base64url');
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function toSession(row: SessionRow): Session {
  return {
    sessionId: row.session_id,
    founder: row.founder,
    name: row.name,
    roles: row.roles,
    idToken: row.id_token,
    startedAt: Number(row.started_at),
    seenAt: Number(row.seen_at),
  };
}
