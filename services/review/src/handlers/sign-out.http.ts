import { Body, Controller, Post, Res, UseGuards } from '@nestjs/common';
import { OpenIdClient } from '../adapters/openid.client';
import { SessionStore } from '../adapters/session.store';
import { signIn } from '../api/action.schema';
import { Cookies } from './cookies';
import { type Founder, FounderGuard, SignedIn } from './founder.guard';
import { type HttpReply, parsed } from './http';

@Controller('api/v1/auth/sign-out')
@UseGuards(FounderGuard)
export class SignOut {
  constructor(
    private readonly provider: OpenIdClient,
    private readonly sessions: SessionStore,
    private readonly cookies: Cookies,
  ) {}

  /** Ends this session, or all of this founder. `Location` is where the provider's own session ends, where it has such a place. */
  @Post()
  async signOut(
    @Body() given: unknown,
    @SignedIn() { subject, session }: Founder,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<void> {
    const { everywhere } = parsed(signIn.signOut, given ?? {});
    await this.sessions.end(subject, everywhere ? null : (session?.sessionId ?? ''));
    this.cookies.drop(reply, 'session');
    reply.status(204);
    const leave = session && (await this.provider.signOutUrl(session.idToken));
    if (leave) reply.header('location', leave);
  }
}
