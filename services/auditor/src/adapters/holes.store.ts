import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Finding } from '../domain/ledger';

/** Offsets that were passed over: what was set aside there explains them, the others are gaps. */
@Injectable()
export class HolesStore {
  /** Takes the holes that were seen before an instant; returns those that nothing explains. */
  async examine(tx: Tx, before: number): Promise<Finding[]> {
    const holes = await tx.rows<{
      topic: string;
      partition: number;
      from_offset: string;
      to_offset: string;
      stopped: string;
    }>(
      `DELETE FROM holes h USING logs l WHERE l.log = h.log AND h.seen_at < $1
       RETURNING l.topic, l.partition, h.from_offset, h.to_offset,
         (SELECT count(*) FROM parked p WHERE p.reader = 'evidence' AND p.topic = l.topic AND p.partition = l.partition
            AND p."offset" BETWEEN h.from_offset AND h.to_offset) AS stopped`,
      [before],
    );
    return holes.flatMap(({ topic, partition, from_offset, to_offset, stopped }) => {
      const [from, to] = [Number(from_offset), Number(to_offset)];
      return Number(stopped) === to - from + 1 ? [] : [{ kind: 'GAP' as const, topic, partition, from, to }];
    });
  }
}
