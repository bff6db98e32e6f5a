import { randomUUID } from 'node:crypto';
import { canonicalJson, planDigest } from '@mandate/contracts';
import { citing } from '@mandate/service-kit';
import type { Arena } from './arena';
import { decisionOn } from './honest-values';

/** What must hold whatever is on; no single check stands for it. */
interface Oddity {
  readonly title: string;
  readonly holds: (arena: Arena) => Promise<void>;
}

const polluted = (): unknown => (({}) as { polluted?: unknown }).polluted;

export const HONEST_OTHERWISE: readonly Oddity[] = [
  {
    title: 'PART2-001: prototype keys in a CRM’s issue are text like any other',
    holds: async (arena) => {
      const reference = randomUUID();
      const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
      const hints = {
        hint_capabilities: '__proto__,constructor,prototype',
        hint_change: evil,
        hint_severity: '__proto__',
      };
      await arena.world.issue({ reference, ...hints, raw_payload: Buffer.from(evil) });
      const received = await arena.world.next('IssueReceived', (m) => m.value.origin.reference === reference, 60_000);
      expect(received.value.status).toBe('RECEIVED');
      expect(polluted()).toBeUndefined();
    },
  },
  {
    title: 'CHAIN-002: a header called __proto__ is no mandate',
    holds: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const may = arena.by('eligibility').make(arena.may(proposal, proposal.outgoing.value));
      const headers = Object.fromEntries([['__proto__', may.mandate]]);
      await arena.world.send('eligibility', may.topic, may.key, may.value, headers);
      const isRefused = () => arena.setAside(proposal.issueId, may.topic).includes('NO_MANDATE');
      await arena.until('it is set aside', isRefused, () => arena.setAside(proposal.issueId));
    },
  },
  {
    title: 'CHAIN-002: a plan with a prototype key has another digest than one without',
    holds: () => {
      const plan = (text: string) => planDigest({ changes: JSON.parse(text), affected_capabilities: ['a'] });
      expect(canonicalJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
      expect(plan('[{"kind":"x","__proto__":{"a":1}}]')).not.toEqual(plan('[{"kind":"x"}]'));
      return Promise.resolve();
    },
  },
  {
    title: 'CHAIN-002: other headers may say what they like; they decide nothing',
    holds: async (arena) => {
      const seen = await arena.eligible();
      const value = { ...decisionOn(seen, 'NOTE', arena.world.founder.founder), reason: 'a note' };
      const headers = {
        says: 'APPROVE',
        type: 'ReviewDecided',
        writer: 'review',
        ce_type: 'mandate.APPROVE',
        approve: 'yes',
      };
      await arena.world.say('review', { ...arena.decision(seen, 'NOTE', value), cites: citing(seen), headers });
      const isNoted = async () => (await arena.recorded(seen.key)).includes('NOTE');
      await arena.until('the note is recorded', isNoted, () => arena.recorded(seen.key));
      expect(await arena.status(seen.key)).toBe('ELIGIBLE');
    },
  },
  {
    title: 'PART2-002: prototype keys in a founder’s request are refused, and change nothing',
    holds: async (arena) => {
      const seen = await arena.eligible();
      const url = `${arena.url('review')}/api/v1/contracts/${seen.key}/approve`;
      const headers = { ...arena.session(), 'idempotency-key': randomUUID(), 'if-match': `"${'ab'.repeat(32)}"` };
      const body = '{"__proto__":{"polluted":1,"statement":"{}","signature":"AA==","key_id":"a"}}';
      const response = await fetch(url, { method: 'POST', headers, body });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(polluted()).toBeUndefined();
    },
  },
];
