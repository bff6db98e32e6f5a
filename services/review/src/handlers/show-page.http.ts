import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import files from '@fastify/static';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { CONFIG, type Config } from '../config';
import type { HttpReply } from './http';
import { Problem } from './problem';

/** The same from src/handlers and from dist/handlers. */
const PAGE_FOLDER = join(__dirname, '../../page/dist');
const ASSETS = join(PAGE_FOLDER, 'assets');

/** Everything is the page's own, save that it may ask the auditor for a proof file; no script and no style stands in the document, and none can be written into it. */
const pagePolicy = (auditor: string | undefined): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${auditor ? ` ${auditor}` : ''}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

// The plugin's own types are for the framework itself, which is no dependency of a service.
type Plugin = Parameters<FastifyAdapter['register']>[0];

/** The founder's page: one document for all its addresses, since the page itself reads where it is. */
@Controller()
export class ShowPage {
  private readonly policy: string;

  /** Scripts and styles are named by their content, so that they are kept for a year; they were compressed when built. */
  constructor({ httpAdapter }: HttpAdapterHost<FastifyAdapter>, @Inject(CONFIG) config: Config) {
    this.policy = pagePolicy(config.AUDITOR_PUBLIC_URL);
    if (!existsSync(ASSETS)) return;
    // Not awaited: the framework loads it when it starts, and fails to start if it cannot.
    void httpAdapter.register(files as Plugin, {
      ...{ root: ASSETS, prefix: '/assets/', index: false, decorateReply: false },
      ...{ preCompressed: true, immutable: true, maxAge: '365d' },
    });
  }

  @Get(['/', 'attention', 'keys', 'sign-in', 'contracts/:id'])
  async show(@Res({ passthrough: true }) reply: HttpReply): Promise<string> {
    const document = await this.file('index.html');
    reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': this.policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    return document;
  }

  @Get('icon.svg')
  async icon(@Res({ passthrough: true }) reply: HttpReply): Promise<string> {
    const icon = await this.file('icon.svg');
    reply.headers({ 'content-type': 'image/svg+xml', 'cache-control': 'max-age=86400' });
    return icon;
  }

  /** Read each time: a file of some 1 kB, and a page that was built anew is shown at once. */
  private async file(name: string): Promise<string> {
    try {
      return await readFile(join(PAGE_FOLDER, name), 'utf8');
    } catch {
      const detail = 'The page has not been built here: run `npm run build`, or use /api/v1.';
      throw new Problem({ status: 404, title: 'Not found', code: 'PAGE_NOT_BUILT', detail });
    }
  }
}
