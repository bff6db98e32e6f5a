import { CLOCK, type Clock, HopServer, LOGGER, Operators, Outlet, Problem, ProblemFilter } from '@mandate/service-kit';
import { Body, Controller, Headers, HttpCode, Inject, Post, UseFilters } from '@nestjs/common';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AlertStore } from '../adapters/alert.store';
import { HealthStore } from '../adapters/health.store';
import { CONFIG, type HealthConfig } from '../config';
import { type AlertNews, readAlerts } from '../domain/alert';

const words = z.record(z.string().max(200), z.string().max(5_000));
const notification = z.object({
  version: z.literal('4'),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        fingerprint: z.string().min(1).max(100),
        labels: words,
        annotations: words,
        endsAt: z.iso.datetime({ offset: true }),
      }),
    )
    .max(1_000),
});

/** Alertmanager's webhook: alerts make the scope they name worse until they are resolved or end. Never better. */
@Controller('api/v1/alerts')
@UseFilters(ProblemFilter)
export class ReceiveAlerts {
  private readonly senders: Operators;

  constructor(
    private readonly alerts: AlertStore,
    private readonly health: HealthStore,
    private readonly outlet: Outlet,
    private readonly server: HopServer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: HealthConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.senders = Operators.load(config.ALERTMANAGER_TOKENS_FILE, logger);
  }

  /** @throws Problem 401, or 400 with the field: Alertmanager does not send again what was refused with 4xx */
  @Post()
  @HttpCode(200)
  async receive(@Headers('authorization') authorization: string | undefined, @Body() body: unknown): Promise<object> {
    const sender = this.senders.authenticate(authorization);
    const { isReady, reason } = this.server.readiness();
    if (!isReady) throw new Problem(503, 'NOT_READY', `Not ready: ${reason}; send it again.`); // scopes are not known yet
    const news = readNotification(body);
    const now = this.clock.now();
    const read = await this.outlet.act(async (tx) => {
      const read = readAlerts(news, new Set(await this.health.all(tx)), now, this.config.ALERT_VALID);
      const scopes = await this.alerts.take(tx, read.firing, read.resolved);
      return { result: read, outgoing: (await this.health.refresh(tx, scopes, now)).outgoing };
    });
    if (read.ignored.length > 0)
      this.logger.warn({ sender, alerts: read.ignored }, 'alerts without a known mandate_scope are left aside');
    return { firing: read.firing.length, resolved: read.resolved.length, ignored: read.ignored.length };
  }
}

/** What a notification says. @throws Problem 400 with the field */
export function readNotification(body: unknown): readonly AlertNews[] {
  const result = notification.safeParse(body);
  if (result.success) return result.data.alerts.map((alert) => ({ ...alert, endsAt: Date.parse(alert.endsAt) }));
  const [issue] = result.error.issues;
  const field = issue?.path.join('.');
  throw new Problem(
    400,
    'INVALID',
    `This is no notification of Alertmanager's webhook, version 4: ${issue?.message}.`,
    field,
  );
}
