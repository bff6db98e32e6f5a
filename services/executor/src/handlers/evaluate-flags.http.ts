import { timingSafeEqual } from 'node:crypto';
import { sha256 } from '@mandate/contracts';
import { Body, Controller, Headers, HttpCode, HttpException, Inject, Ip, Param, Post, Res } from '@nestjs/common';
import { RegistryStore } from '../adapters/registry.store';
import { CONFIG, type ExecutorConfig } from '../config';
import { capabilityOf, type Flag, flagsOf } from '../domain/flags';

interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
}

/** OpenFeature's remote evaluation protocol: governed applications read their live configuration here. */
@Controller('ofrep/v1/evaluate/flags')
export class EvaluateFlags {
  constructor(
    private readonly registries: RegistryStore,
    @Inject(CONFIG) private readonly config: ExecutorConfig,
  ) {}

  /** One flag; 304 while its capability is as the caller last saw it. */
  @Post(':key')
  @HttpCode(200)
  async one(
    @Param('key') key: string,
    @Body() body: unknown,
    @Headers('authorization') authorization: string | undefined,
    @Headers('if-none-match') seen: string | undefined,
    @Ip() ip: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Flag | undefined> {
    this.authorise(authorization, ip);
    if (!isContext(body))
      throw new HttpException({ key, errorCode: 'INVALID_CONTEXT', errorDetails: 'context wants an object' }, 400);
    const { capabilities } = await this.registries.read([capabilityOf(key)]);
    const flag = capabilities.flatMap((c) => flagsOf(c.state, c.finalContract)).find((f) => f.key === key);
    if (!flag)
      throw new HttpException(
        { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: `no capability has the flag ${key}` },
        404,
      );
    return isUnchanged(`"${flag.metadata.capability}-${flag.metadata.version}"`, seen, reply) ? undefined : flag;
  }

  /** All flags; 304 while the registry is as the caller last saw it. */
  @Post()
  @HttpCode(200)
  async all(
    @Body() body: unknown,
    @Headers('authorization') authorization: string | undefined,
    @Headers('if-none-match') seen: string | undefined,
    @Ip() ip: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<{ flags: readonly Flag[] } | undefined> {
    this.authorise(authorization, ip);
    if (!isContext(body))
      throw new HttpException({ errorCode: 'INVALID_CONTEXT', errorDetails: 'context wants an object' }, 400);
    const { version, capabilities } = await this.registries.read('all');
    const flags = capabilities.flatMap((c) => flagsOf(c.state, c.finalContract));
    return isUnchanged(`"registry-${version}"`, seen, reply) ? undefined : { flags };
  }

  /** With a token configured it is asked for; without one only this machine is answered. */
  private authorise(authorization: string | undefined, ip: string): void {
    const token = this.config.OFREP_TOKEN_FILE;
    if (token === undefined) {
      if (!LOOPBACK.test(ip))
        throw new HttpException({ errorDetails: 'without OFREP_TOKEN_FILE only this machine may read flags' }, 403);
      return;
    }
    const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(sha256(given), sha256(token)))
      throw new HttpException({ errorDetails: 'wants a bearer token' }, 401);
  }
}

/** Names the version that is answered; true, and 304, where the caller has it already. */
function isUnchanged(etag: string, seen: string | undefined, reply: Reply): boolean {
  reply.header('etag', etag);
  const isSeen = seen?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false;
  if (isSeen) reply.status(304);
  return isSeen;
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** The protocol's request body: an object whose context, if it has one, is an object. Nothing in it changes an answer. */
function isContext(body: unknown): boolean {
  if (body === undefined || body === null) return true;
  if (typeof body !== 'object' || Array.isArray(body)) return false;
  const { context } = body as { context?: unknown };
  return context === undefined || (typeof context === 'object' && context !== null && !Array.isArray(context));
}
