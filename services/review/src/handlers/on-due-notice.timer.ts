import { describeError, LOGGER, OnTimer, type Outgoing, type TimerBatch, type Tx } from '@mandate/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { NoticeChannels } from '../adapters/notice.channels';
import { DELIVER_NOTICE, NoticeStore, type PendingNotice } from '../adapters/notice.store';
import { nextTry } from '../domain/delivery';
import type { Log } from './http';

/** So many are tried in one go; a channel that hangs must not hold the transaction for long. */
const TOGETHER_MAX = 10;

@Controller()
export class OnDueNotice {
  constructor(
    private readonly notices: NoticeStore,
    private readonly channels: NoticeChannels,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  /** Delivers what is due. Tried until it is taken: a process that dies in between sends again, under the same id. */
  @OnTimer(DELIVER_NOTICE)
  async fire({ messages, now }: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    const due = messages.map((timer) => timer.aggregateId);
    const [together, later] = [due.slice(0, TOGETHER_MAX), due.slice(TOGETHER_MAX)];
    await this.notices.schedule(tx, later, now);
    const pending = await this.notices.lockPending(tx, together);
    const errors = await Promise.all(pending.map((notice) => this.tried(notice, now)));
    for (const [i, notice] of pending.entries()) await this.note(tx, notice, errors[i] ?? null, now);
    return [];
  }

  private tried(notice: PendingNotice, now: number): Promise<string | null> {
    return this.channels.send(notice, now).then(
      () => null,
      (error) => describeError(error),
    );
  }

  private async note(tx: Tx, notice: PendingNotice, error: string | null, now: number): Promise<void> {
    const again = error === null ? null : nextTry(notice.failures + 1, notice.at, now);
    await this.notices.record(tx, notice.noticeId, error, again === null, now);
    if (again !== null) await this.notices.schedule(tx, [notice.noticeId], again);
    if (error === null) return;
    const { noticeId, channel, kind } = notice;
    const what = again === null ? 'a notice is given up; the attention list has it' : 'a notice is tried again later';
    this.logger.warn({ noticeId, channel, kind, error, ...aboutOf(notice) }, what);
  }
}

/** The ids of what a notice is about: an issue, or the contract whose page it leads to. */
function aboutOf({ aggregate, aggregateId, path }: PendingNotice): object {
  const contract = /^\/contracts\/([0-9a-f-]{36})/.exec(path)?.[1];
  return aggregate === 'issue' ? { issue_id: aggregateId } : { contract_id: contract };
}
