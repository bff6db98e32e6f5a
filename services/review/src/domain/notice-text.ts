import type { NoticeKind } from './notice';

const SENTENCES: Readonly<Record<NoticeKind, string>> = {
  EXPIRING: 'A contract waits for your decision and expires in two days',
  ESCALATED: 'A contract waits for your decision and expires within a day',
  EXPIRED: 'A contract has expired without a decision',
  HELD: 'An approved contract waits before it is activated',
  CANCELLED: 'The requestor has cancelled',
  CANCELLATION_ASKED: 'The requestor asked to cancel, too late to be done by itself',
  INCIDENT_OPENED: 'A change has failed and is being undone',
  ROLLBACK_FAILED: 'A change could not be undone',
  INCONCLUSIVE: 'An audit could not tell, and asks for a human',
  ISSUE_ESCALATED: 'An issue became no contract, but needs a human',
};

const TITLE_MAX = 120;

/** One line in our own words. */
export function sentenceOf(kind: NoticeKind): string {
  return SENTENCES[kind];
}

/**
 * A customer's title as something that can only be read: one line, nothing invisible, nothing that a mail program or a chat
 * makes a link, a mention or markup of.
 */
export function inert(title: string): string {
  const line = [
    ...title
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, '\u{fffd}')
      .replace(/\p{M}{3,}/gu, '\u{fffd}')
      .replace(/:\/\//g, '[:]//')
      .replace(/\.(?=\p{L}{2})/gu, '[.]')
      .replace(/@/g, '[@]')
      .replace(/[<>`*|]/g, (c) => MARKUP[c] as string),
  ];
  return line.length > TITLE_MAX ? `${line.slice(0, TITLE_MAX - 1).join('')}…` : line.join('');
}

const MARKUP: Readonly<Record<string, string>> = { '<': '‹', '>': '›', '`': 'ˋ', '*': '∗', '|': '¦' };
