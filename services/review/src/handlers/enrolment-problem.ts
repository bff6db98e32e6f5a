import type { Session } from '../adapters/session.store';
import { type EnrolmentRefusal, PENDING_KEYS_MAX } from '../domain/enrolment';
import type { Founder } from './founder.guard';
import { Problem } from './problem';

const REFUSALS: Readonly<Record<EnrolmentRefusal, readonly [number, string]>> = {
  BROWSER_KEY_LOCAL_ONLY: [422, 'A key that lives in the browser counts on local runs only; make a passkey.'],
  KEY_KNOWN: [409, 'This key has been asked for already.'],
  TOO_MANY_PENDING_KEYS: [409, `${PENDING_KEYS_MAX} of your keys wait to be enrolled; have those enrolled first.`],
};

/** Why a key is not taken. */
export function enrolmentProblem(code: EnrolmentRefusal): Problem {
  const [status, detail] = REFUSALS[code];
  return new Problem({ status, title: 'The key is not taken', code, detail });
}

/** What the authenticator or the browser sent does not hold. */
export function registrationProblem(why: string): Problem {
  const detail = `What the authenticator answered does not hold: ${why}.`;
  return new Problem({ status: 422, title: 'The key is not taken', code: 'REGISTRATION_INVALID', detail });
}

/** @throws Problem */
export function passkeysNeedName(): never {
  const detail = 'A passkey belongs to a host name: PUBLIC_URL has to be one, and no IP address.';
  throw new Problem({ status: 422, title: 'The key is not taken', code: 'PASSKEY_NEEDS_NAME', detail });
}

/** Keys are asked for by a person at the page: a token alone must not lead to a key. @throws Problem for a script */
export function sessionOf({ session }: Founder): Session {
  if (session) return session;
  const detail = 'Keys are enrolled from the page, by somebody who has signed in there.';
  throw new Problem({ status: 403, title: 'Not allowed', code: 'SESSION_NEEDED', detail });
}
