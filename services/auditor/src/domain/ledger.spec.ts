import { sha256 } from '@mandate/contracts';
import { genesis, rowHash } from './chain-hash';
import { enter, type Heard, type Known, type LogEnd } from './ledger';

const end = (more: Partial<LogEnd> = {}): LogEnd => ({
  log: 1,
  topic: 'mandate.contracts.v1',
  partition: 0,
  nextOffset: 0,
  rows: 0,
  bytes: 0,
  head: genesis('mandate.contracts.v1', 0),
  ...more,
});
const heard = (offset: number, version: number, more: Partial<Heard> = {}): Heard => ({
  topic: 'mandate.contracts.v1',
  partition: 0,
  offset,
  recordedAt: 1_000,
  key: Buffer.from('a'),
  mandate: Buffer.from(`mandate ${version}`),
  value: Buffer.from(`value ${version}`),
  type: 'ContractChanged',
  version,
  fromVersion: version - 1,
  digest: sha256(`link ${version}`),
  ...more,
});
const known = (version: number, digest = sha256(`link ${version}`)): Known => ({
  type: 'ContractChanged',
  key: Buffer.from('a'),
  version,
  digest,
});

describe('entering messages into the record', () => {
  it('EVID-001: gives each row a hash that covers the row before it', () => {
    const [first, second] = [heard(0, 1), heard(1, 2)];
    const { entries, ends } = enter([first, second], [end()], []);
    const one = rowHash(genesis('mandate.contracts.v1', 0), first);
    expect(entries.map((e) => e.seq)).toEqual([1, 2]);
    expect(entries.map((e) => e.hash)).toEqual([one, rowHash(one, second)]);
    expect(ends).toMatchObject([{ rows: 2, nextOffset: 2, head: rowHash(one, second) }]);
  });

  it.each<[string, Partial<Heard>]>([
    ['its offset', { offset: 7 }],
    ['when it was recorded', { recordedAt: 1_001 }],
    ['its key', { key: Buffer.from('b') }],
    ['its mandate', { mandate: Buffer.from('another') }],
    ['its value', { value: Buffer.from('another') }],
  ])('EVID-001: a row that differs in %s has another hash', (_, more) => {
    const before = genesis('mandate.contracts.v1', 0);
    expect(rowHash(before, heard(0, 1, more))).not.toEqual(rowHash(before, heard(0, 1)));
    expect(rowHash(before, heard(0, 1))).not.toEqual(rowHash(genesis('mandate.contracts.v1', 1), heard(0, 1)));
  });

  it('takes a message that was published again as the one it is', () => {
    const { entries, ends, findings, holes } = enter([heard(0, 1), heard(1, 1), heard(2, 2)], [end()], []);
    expect(entries.map((e) => e.heard.offset)).toEqual([0, 2]);
    expect({ findings, holes }).toEqual({ findings: [], holes: [] });
    expect(ends[0]?.nextOffset).toBe(3);
  });

  it('goes on where the record ended', () => {
    const { entries, holes, late } = enter([heard(4, 3)], [end({ nextOffset: 4, rows: 2 })], [known(2)]);
    expect(entries.map((e) => e.seq)).toEqual([3]);
    expect([holes, late]).toEqual([[], []]);
  });

  it('finds two messages of one type, subject and version, in one batch and against the record', () => {
    const other = heard(1, 1, { digest: sha256('another link') });
    expect(enter([heard(0, 1), other], [end()], []).findings).toEqual([
      expect.objectContaining({ kind: 'EQUIVOCATION', said: expect.objectContaining({ version: 1 }), other }),
    ]);
    expect(enter([other], [end({ nextOffset: 1 })], [known(1)]).findings).toHaveLength(1);
  });

  it('finds a version on which nobody has heard the one before', () => {
    const { findings, entries } = enter([heard(0, 1), heard(1, 3)], [end()], []);
    expect(findings).toEqual([expect.objectContaining({ kind: 'GAP', after: heard(1, 3) })]);
    expect(entries).toHaveLength(2);
  });

  it('counts answers and cancellations of a contract together, as they are said', () => {
    const topic = 'mandate.clarifications.v1';
    const log = end({ topic, head: genesis(topic, 0) });
    const answer = heard(0, 1, { topic, type: 'ClarificationReceived' });
    const cancelled = heard(1, 2, { topic, type: 'CancellationReceived' });
    expect(enter([answer, cancelled], [log], []).findings).toEqual([]);
  });

  it('notes offsets that were passed over, but not on a compacted topic', () => {
    expect(enter([heard(5, 1)], [end({ nextOffset: 2 })], []).holes).toEqual([{ log: 1, from: 2, to: 4 }]);
    const topic = 'mandate.health.v1';
    const health = heard(5, 9, { topic, type: 'HealthChanged' });
    expect(enter([health], [end({ topic })], [])).toMatchObject({ holes: [], findings: [] });
  });

  it('takes in what comes late, and says that it was late', () => {
    const late = heard(1, 2);
    const found = enter([late], [end({ nextOffset: 9, rows: 5 })], [known(1)]);
    expect(found.entries.map((e) => e.seq)).toEqual([6]);
    expect(found.late).toEqual([late]);
    expect(found.ends[0]?.nextOffset).toBe(9);
  });
});
