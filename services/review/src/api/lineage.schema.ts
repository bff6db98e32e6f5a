import { z } from 'zod';
import { count, id, json, named, text, time } from './vocabulary';

/** Who had to act, from when to when. */
const turn = named(
  'Turn',
  z.object({
    holder: z
      .enum(['CHECKS', 'FOUNDER', 'REQUESTOR'])
      .describe('while the requestor has the ball, the time to live stands still'),
    since: time,
    until: time.nullable().describe('null: to this day'),
  }),
);

export const ttl = named(
  'Ttl',
  z.object({
    is_running: z.boolean(),
    expires_at: time.describe('while the clock stands still, counted from where it stopped'),
    remaining_ms: count.nullable().describe('null once the review is over'),
    ledger: z.array(turn),
  }),
);

const difference = z.object({
  target: text.describe('capability#key, or the capability for its enablement'),
  was: json.describe('what the revision before would have written; null: it did not touch this'),
  is: json.describe('null: no longer touched'),
});

/** A contract of the same issue: what was modified into it. */
export const lineageItem = named(
  'LineageItem',
  z.object({
    contract_id: id,
    revision: count,
    status: text,
    title: text,
    created_at: time,
    modified_by: text.nullable(),
    reason: text.nullable(),
    difference: z.array(difference).describe('against the revision before; empty for the original'),
  }),
);

export type TtlView = z.input<typeof ttl>;
export type LineageItemView = z.input<typeof lineageItem>;
