import { createHmac } from 'node:crypto';
import { breaker } from '@mandate/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { CONFIG, type Config } from '../config';
import { inert, sentenceOf } from '../domain/notice-text';
import type { PendingNotice } from './notice.store';

const TIMEOUT_MS = 10_000;
type Channel = PendingNotice['channel'];
type Send = (notice: PendingNotice, now: number) => Promise<unknown>;

/**
 * The ways out to a founder: e-mail and a signed webhook, each off unless configured. A message tells what happened and where
 * in the page it is; nothing can be decided from it.
 */
@Injectable()
export class NoticeChannels implements OnApplicationShutdown {
  private readonly ways = new Map<Channel, Send>();
  private mail: Transporter | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    const { NOTIFY_SMTP_URL_FILE: smtpUrl, NOTIFY_MAIL_TO: to, NOTIFY_WEBHOOK_URL: webhook } = config;
    if (smtpUrl !== undefined && to !== undefined) this.ways.set('mail', this.mailWay(smtpUrl, to));
    if (webhook !== undefined) this.ways.set('webhook', this.webhookWay(webhook));
  }

  get configured(): readonly Channel[] {
    return [...this.ways.keys()];
  }

  /** @throws Error if it cannot be delivered now */
  async send(notice: PendingNotice, now: number): Promise<void> {
    const way = this.ways.get(notice.channel);
    if (!way) throw new Error(`the channel ${notice.channel} is not configured any more`);
    await way(notice, now);
  }

  onApplicationShutdown(): void {
    this.mail?.close();
  }

  private mailWay(smtpUrl: string, to: string): Send {
    const options = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
    const mail = createTransport(smtpUrl, { ...options, from: this.config.NOTIFY_MAIL_FROM });
    this.mail = mail;
    const call = breaker('mail', (message: object) => mail.sendMail(message), TIMEOUT_MS);
    const host = new URL(this.config.PUBLIC_URL as string).hostname;
    return (notice) => {
      const text = `${sentenceOf(notice.kind)}.\n${this.titleLine(notice)}\nLook at it and decide in the page: ${this.linkTo(notice)}\n`;
      return call.fire({
        to,
        // The same however often it is tried: a receiver can tell that it is the same message.
        messageId: `<${notice.noticeId}@${host}>`,
        subject: `[Mandate] ${sentenceOf(notice.kind)}${notice.title === null ? '' : `: ${inert(notice.title)}`}`,
        text,
      });
    };
  }

  /** Standard Webhooks: the receiver checks the signature over id, time and body with the secret that both know. */
  private webhookWay(url: string): Send {
    const { NOTIFY_WEBHOOK_SECRET_FILE: secret = '' } = this.config;
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const call = breaker('webhook', (init: RequestInit) => posted(url, init), TIMEOUT_MS);
    return (notice, now) => {
      const body = JSON.stringify(this.payloadOf(notice));
      const timestamp = String(Math.floor(now / 1_000));
      const signature = createHmac('sha256', key).update(`${notice.noticeId}.${timestamp}.${body}`).digest('base64');
      const headers = {
        'content-type': 'application/json',
        'webhook-id': notice.noticeId,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      };
      return call.fire({ method: 'POST', body, headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    };
  }

  private payloadOf(notice: PendingNotice): object {
    const { aggregate, aggregateId, version, kind, title, at } = notice;
    return {
      type: `mandate.${kind.toLowerCase()}`,
      timestamp: new Date(at).toISOString(),
      data: {
        aggregate,
        aggregate_id: aggregateId,
        version,
        sentence: sentenceOf(kind),
        title: title === null ? null : inert(title),
        link: this.linkTo(notice),
      },
    };
  }

  private titleLine({ title }: PendingNotice): string {
    return title === null ? '' : `Title, in the words of whoever asked: ${inert(title)}\n`;
  }

  private linkTo({ path }: PendingNotice): string {
    return `${this.config.PUBLIC_URL}${path}`;
  }
}

async function posted(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the receiver answers ${response.status}`);
}
