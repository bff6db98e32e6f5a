import * as crypto from 'node:crypto';
import canonicalizeJson from 'canonicalize';

/** Any JSON value, as it stands in a capability's configuration. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Lifecycle of a capability in the catalogue (spec 1-workflow §7). */
export type Lifecycle = 'PREVIEW' | 'LAUNCHED' | 'DEPRECATED';

/** One key's old and new value. `old` is `null` where the key had no value. */
export interface Setting {
  readonly key: string;
  readonly old: Json;
  readonly new: Json;
}

/**
 * One change of one capability, carrying the whole prior state of what it touches (spec 1-workflow §7), so that the
 * inverse can be derived from it alone.
 */
export type Change =
  | {
      readonly kind: 'capability_enable';
      readonly capability: string;
      readonly lifecycle: Lifecycle;
      readonly prior: { readonly enabled: boolean; readonly lifecycle: Lifecycle };
    }
  | {
      readonly kind: 'capability_disable';
      readonly capability: string;
      readonly reason: string;
      /** Only in the inverse of an enable that moved the lifecycle: the one to go back to. */
      readonly lifecycle?: Lifecycle;
      readonly prior: { readonly enabled: boolean; readonly lifecycle: Lifecycle };
    }
  | { readonly kind: 'configuration_update'; readonly capability: string; readonly setting: Setting }
  | { readonly kind: 'parameter_change'; readonly capability: string; readonly settings: readonly Setting[] };

export type ChangeKind = Change['kind'];

/** What a founder approves and an executor runs: the changes and exactly the capabilities they act on. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly affected_capabilities: readonly string[];
}

/**
 * RFC 8785 text of a JSON value: the one form that is hashed and signed.
 * @throws TypeError for values JSON cannot hold (undefined, functions, NaN).
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalizeJson(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON form');
  return text;
}

/** SHA-256 of the bytes, or of the UTF-8 bytes of a string; 32 bytes. */
export function sha256(bytes: Uint8Array | string): Buffer {
  return oneShot ? oneShot('sha256', bytes, 'buffer') : crypto.createHash('sha256').update(bytes).digest();
}

/** `crypto.hash` came with Node 20.12 and takes half the time of a hash object for a link. */
const oneShot = (crypto as { hash?: (algorithm: string, bytes: Uint8Array | string, encoding: 'buffer') => Buffer })
  .hash;

/** `plan_digest` (spec 4-mandate): SHA-256 of the RFC 8785 form of {changes, affected_capabilities}; 32 bytes. */
export function planDigest(plan: Plan): Buffer {
  return sha256(canonicalJson({ affected_capabilities: plan.affected_capabilities, changes: plan.changes }));
}

/** The places a change writes to: `capability#key`, or `capability` alone for its enablement (spec 1-workflow §6, E-006). */
export function targetsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'capability_enable':
    case 'capability_disable':
      return [change.capability];
    case 'configuration_update':
      return [`${change.capability}#${change.setting.key}`];
    case 'parameter_change':
      return change.settings.map((s) => `${change.capability}#${s.key}`);
  }
}

/** The capabilities a list of changes acts on, each once, in code-unit order. */
export function capabilitiesOf(changes: readonly Change[]): readonly string[] {
  return [...new Set(changes.map((c) => c.capability))].sort();
}
