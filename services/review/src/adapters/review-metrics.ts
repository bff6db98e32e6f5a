import { ageSeconds, CLOCK, type Clock, Database, Metrics } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';

const CHANNELS = ['mail', 'webhook'] as const;

/** Whether people are told, and what asks for a human's look. */
@Injectable()
export class ReviewMetrics {
  constructor(metrics: Metrics, database: Database, @Inject(CLOCK) clock: Clock) {
    const pending = metrics.gauge('mandate_notices_pending', 'Notices that nobody has taken yet', ['channel']);
    const oldest = metrics.gauge('mandate_notice_oldest_age_seconds', 'Age of the oldest of them', ['channel']);
    const givenUp = metrics.gauge('mandate_notices_given_up', 'Notices of the last day that were given up', [
      'channel',
    ]);
    const escalated = metrics.gauge('mandate_escalated_issues', 'Issues that wait for a human to look at them');
    metrics.onRead(async () => {
      const now = clock.now();
      const [rows, [issues]] = await Promise.all([
        database.rows<{ channel: string; pending: string; since: string | null; given_up: string }>(
          `SELECT channel, count(*) FILTER (WHERE state = 'PENDING') AS pending,
             min(noticed_at) FILTER (WHERE state = 'PENDING') AS since,
             count(*) FILTER (WHERE state = 'GIVEN_UP' AND ended_at > $1) AS given_up FROM notices GROUP BY 1`,
          [now - 86_400_000],
        ),
        database.rows<{ n: string }>('SELECT count(*) AS n FROM escalated_issues WHERE NOT is_acknowledged'),
      ]);
      for (const channel of CHANNELS) {
        const row = rows.find((r) => r.channel === channel);
        pending.set({ channel }, Number(row?.pending ?? 0));
        oldest.set({ channel }, ageSeconds(row?.since, now));
        givenUp.set({ channel }, Number(row?.given_up ?? 0));
      }
      escalated.set(Number(issues?.n ?? 0));
    });
  }
}
