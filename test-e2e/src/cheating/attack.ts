import type { Arena } from './arena';
import type { CodeCheckId } from './code-checks';
import type { RuleId } from './rights';

/** Whoever cheats, with what it holds: a broker user, a database role, a signing key. */
export const PRINCIPALS = [
  'ingestion',
  'validator',
  'eligibility',
  'contract',
  'review',
  'executor',
  'health',
  'auditor',
  'crm',
  'session',
  'broker',
] as const;
export type Principal = (typeof PRINCIPALS)[number];

/** What a consumer checks before a handler sees anything, and what is checked where authority becomes effect. */
export const ROWS = [
  'type and writer fit the topic',
  'record key is the subject',
  'value digest',
  'own proof by a key of the writer',
  'proof of the cause',
  'edge of the authority table',
  'cause digest',
  'permits',
  'same issue, contract and plan throughout',
  're-drive',
  'contract: creating a contract',
  'review: taking an approval',
  'contract, executor: the founder’s signature',
  'executor: a CHANGE job',
  'executor: a ROLLBACK job',
  'contract: closing',
  'contract, auditor: an attested verdict, a resolved incident',
  'auditor: a verdict',
  'equivocations and gaps',
  'keys',
] as const;
export type Row = (typeof ROWS)[number];

/** Something that stops an attack: a check in the code, a right at the broker, a rule of a database. */
export type Stop = CodeCheckId | `acl:${string}` | `grant:${string}` | `rule:${RuleId}`;

/** What came of an attack. */
export interface Deed {
  /** True once it has had its effect. */
  happened(): Promise<boolean> | boolean;
  /** Reasons that were given for refusing it, so far. */
  reasons(): Promise<readonly string[]> | readonly string[];
}

export interface Attack {
  readonly by: Principal;
  readonly row: Row;
  readonly title: string;
  /** All that stops it: with these off it succeeds. */
  readonly without: readonly Stop[];
  /** The reason it is refused with when everything is on. */
  readonly refused: string;
  /** Of several that stop it: the reason where one of them is the only one. */
  readonly alone?: { readonly [stop in Stop]?: string };
  /** Refused for the moment only: what a founder approved is carried out once what stood against it has gone. */
  readonly isPutOff?: true;
  /** Puts back what the attack needed otherwise. */
  readonly after?: (arena: Arena) => Promise<unknown>;
  /** Makes a fresh contract, or what else it needs, and attacks. */
  readonly commit: (arena: Arena) => Promise<Deed>;
}
