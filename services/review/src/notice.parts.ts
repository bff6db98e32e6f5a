import { NoticeChannels } from './adapters/notice.channels';
import { NoticeStore } from './adapters/notice.store';
import { OnDueNotice } from './handlers/on-due-notice.timer';

/** What founders are told outside the page. */
export const noticeParts = {
  controllers: [OnDueNotice],
  providers: [NoticeChannels, NoticeStore],
};
