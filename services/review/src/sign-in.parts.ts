import { FounderKeyStore } from './adapters/founder-key.store';
import { OpenIdClient } from './adapters/openid.client';
import { PasskeyRegistrar } from './adapters/passkey.registrar';
import { SessionStore } from './adapters/session.store';
import { TokenClient } from './adapters/token.client';
import { Cookies } from './handlers/cookies';
import { DraftPasskey } from './handlers/draft-passkey.http';
import { EnrolFounderKey } from './handlers/enrol-founder-key.http';
import { FounderGuard } from './handlers/founder.guard';
import { httpShield } from './handlers/http-shield';
import { ListPendingFounderKeys } from './handlers/list-pending-founder-keys.http';
import { ShowSession } from './handlers/show-session.http';
import { SignIn } from './handlers/sign-in.http';
import { SignOut } from './handlers/sign-out.http';

/** Who is let in, and with which keys they sign. */
export const signInParts = {
  controllers: [SignIn, SignOut, ShowSession, DraftPasskey, ListPendingFounderKeys, EnrolFounderKey],
  providers: [
    ...[TokenClient, OpenIdClient, SessionStore, FounderKeyStore, PasskeyRegistrar],
    ...[Cookies, FounderGuard, httpShield],
  ],
};
