import { newId } from '@mandate/contracts';
import { CLOCK, type Clock, Timers, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { isNews, type Notice } from '../domain/notice';
import { NoticeChannels } from './notice.channels';
import { storable } from './storable';

/** The kind of the timers that deliver. */
export const DELIVER_NOTICE = 'deliver-notice';

/** A notice on its way to one channel. */
export interface PendingNotice extends Notice {
  readonly noticeId: string;
  readonly channel: 'mail' | 'webhook';
  readonly failures: number;
}

interface NoticeRow {
  readonly notice_id: string;
  readonly aggregate: Notice['aggregate'];
  readonly aggregate_id: string;
  readonly version: string;
  readonly channel: PendingNotice['channel'];
  readonly kind: Notice['kind'];
  readonly title: string | null;
  readonly path: string;
  readonly noticed_at: string;
  readonly attempts: number;
}

/** What founders are told, and the record of its delivery. */
@Injectable()
export class NoticeStore {
  constructor(
    private readonly timers: Timers,
    private readonly channels: NoticeChannels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Has notices delivered, each once a channel; in the transaction of the change that they tell of. */
  async tell(tx: Tx, notices: readonly Notice[]): Promise<void> {
    const now = this.clock.now();
    const news = notices.filter((notice) => isNews(notice, now));
    const rows = this.channels.configured.flatMap((channel) =>
      news.map((notice) => ({ ...notice, channel, noticeId: newId(now) })),
    );
    if (rows.length === 0) return;
    const kept = await tx.rows<{ notice_id: string }>(
      `INSERT INTO notices (notice_id, aggregate, aggregate_id, version, channel, kind, title, path, noticed_at)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
       ON CONFLICT ON CONSTRAINT told_once_per_version_and_channel DO NOTHING RETURNING notice_id`,
      [
        rows.map((r) => r.noticeId),
        rows.map((r) => r.aggregate),
        rows.map((r) => r.aggregateId),
        rows.map((r) => r.version),
        rows.map((r) => r.channel),
        rows.map((r) => r.kind),
        rows.map((r) => storable(r.title)),
        rows.map((r) => r.path),
        rows.map((r) => r.at),
      ],
    );
    await this.schedule(
      tx,
      kept.map((row) => row.notice_id),
      now,
    );
  }

  schedule(tx: Tx, noticeIds: readonly string[], dueAt: number): Promise<void> {
    return this.timers.set(
      tx,
      DELIVER_NOTICE,
      noticeIds.map((aggregateId) => ({ aggregateId, dueAt })),
    );
  }

  /** Those that have not been delivered yet, held until the transaction ends. */
  async lockPending(tx: Tx, noticeIds: readonly string[]): Promise<PendingNotice[]> {
    const rows = await tx.rows<NoticeRow>(
      "SELECT * FROM notices WHERE notice_id = ANY ($1::uuid[]) AND state = 'PENDING' ORDER BY notice_id FOR UPDATE",
      [noticeIds],
    );
    return rows.map((r) => ({
      noticeId: r.notice_id,
      aggregate: r.aggregate,
      aggregateId: r.aggregate_id,
      version: Number(r.version),
      channel: r.channel,
      kind: r.kind,
      title: r.title,
      path: r.path,
      at: Number(r.noticed_at),
      failures: r.attempts,
    }));
  }

  /** Records one try; `error` null: delivered. */
  async record(tx: Tx, noticeId: string, error: string | null, isOver: boolean, now: number): Promise<void> {
    const state = error === null ? 'DELIVERED' : isOver ? 'GIVEN_UP' : 'PENDING';
    await tx.run(
      'UPDATE notices SET state = $2, attempts = attempts + 1, last_error = $3, ended_at = $4 WHERE notice_id = $1',
      [noticeId, state, storable(error?.slice(0, 500) ?? null), state === 'PENDING' ? null : now],
    );
  }
}
