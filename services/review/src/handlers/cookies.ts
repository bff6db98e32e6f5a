import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import type { HttpReply, HttpRequest } from './http';

type Cookied = HttpRequest & { readonly cookies?: Readonly<Record<string, string | undefined>> };
type CookieReply = HttpReply & { setCookie(name: string, value: string, options: object): unknown };
type Kind = 'session' | 'signIn';

const SIGN_IN_S = 600;
/**
 * The session is sent with no request that another site begins. A sign-in under way has to be sent along when the provider
 * sends the browser back, which is such a request.
 */
const KINDS = {
  session: { name: 'mandate_session', sameSite: 'strict' },
  signIn: { name: 'mandate_sign_in', sameSite: 'lax' },
} as const;

/** The browser's two cookies: scripts cannot read them, and beyond this machine they travel over TLS only, to this host only. */
@Injectable()
export class Cookies {
  private readonly isSecure: boolean;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.isSecure = config.PUBLIC_URL?.startsWith('https:') ?? true;
  }

  read(request: HttpRequest, kind: Kind): string | null {
    return (request as Cookied).cookies?.[this.nameOf(kind)] || null;
  }

  keep(reply: HttpReply, kind: Kind, secret: string): void {
    const maxAge = kind === 'signIn' ? SIGN_IN_S : Math.ceil(this.config.SESSION_LIFETIME / 1_000);
    this.set(reply, kind, secret, maxAge);
  }

  drop(reply: HttpReply, kind: Kind): void {
    this.set(reply, kind, '', 0);
  }

  private set(reply: HttpReply, kind: Kind, value: string, maxAge: number): void {
    const { sameSite } = KINDS[kind];
    const options = { path: '/', httpOnly: true, secure: this.isSecure, sameSite, maxAge };
    (reply as CookieReply).setCookie(this.nameOf(kind), value, options);
  }

  private nameOf(kind: Kind): string {
    return `${this.isSecure ? '__Host-' : ''}${KINDS[kind].name}`;
  }
}
