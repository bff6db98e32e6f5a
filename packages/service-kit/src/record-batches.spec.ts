import { topicOf } from '@mandate/contracts';
import fc from 'fast-check';
import { type SizedRecord, sendsOf } from './record-batches';

const UPDATES = topicOf('CrmUpdate');
const record = (partition: number, bytes: number, topic = UPDATES.name): SizedRecord => ({
  topic,
  partition,
  key: Buffer.from('k'),
  value: Buffer.alloc(bytes),
  mandate: null,
  headers: '{}',
});

describe('sends', () => {
  it('are one where everything fits, none where there is nothing', () => {
    const records = [record(0, 1_000), record(1, 1_000), record(0, 1_000)];
    expect(sendsOf(records)).toEqual([records]);
    expect(sendsOf([])).toEqual([]);
  });

  it('FLOW-003: keep every record once and in order, and no partition above the limit of its topic', () => {
    const any = fc.record({ partition: fc.nat(2), bytes: fc.nat(UPDATES.valueBytesMax) });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (all) => {
        const records = all.map(({ partition, bytes }) => record(partition, bytes));
        const sends = sendsOf(records);
        expect(sends.flat()).toEqual(records);
        for (const send of sends) {
          expect(send.length).toBeGreaterThan(0);
          for (const partition of [0, 1, 2]) {
            const own = send.filter((r) => r.partition === partition);
            const bytes = own.reduce((sum, r) => sum + r.value.length, 0);
            if (own.length > 1) expect(bytes).toBeLessThanOrEqual(UPDATES.valueBytesMax);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
