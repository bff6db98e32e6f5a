import { Database, Operators, Problem, ProblemFilter } from '@mandate/service-kit';
import { Controller, Get, Headers, Param, Query, UseFilters } from '@nestjs/common';
import { z } from 'zod';

const keyId = z.string().regex(/^[0-9a-f]{16}$/);
const until = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

interface Offset {
  readonly topic: string;
  readonly partition: number;
  readonly last: string;
}

/** Where the key's id stands in a mandate, whose own link comes first: after format, count and roles (`encodeMandate`). */
const KEY_ID_AT = 1 + 1 + 1 + 180 + 1;
const ENDED = "('COMPLETED', 'REJECTED', 'EXPIRED', 'SUPERSEDED')";

/**
 * What the evidence holds of a key until an instant, for whoever revokes it: by the auditor's clock, since the time in a link
 * is the thief's claim (spec 4-mandate "Keys").
 */
@Controller('api/v1/keys')
@UseFilters(ProblemFilter)
export class ShowKeyEvidence {
  constructor(
    private readonly database: Database,
    private readonly operators: Operators,
  ) {}

  /** The last offset of each partition that the key's messages are on, and the links that what is open may still cite. */
  @Get(':id/evidence')
  async show(
    @Headers('authorization') authorization: string | undefined,
    @Param('id') id: string,
    @Query('until') at: string | undefined,
  ): Promise<object> {
    this.operators.authenticate(authorization);
    const read = until.safeParse(at);
    if (!keyId.safeParse(id).success) throw new Problem(404, 'NO_SUCH_KEY', 'A key has an id of 16 hex digits.');
    if (!read.success) {
      throw new Problem(400, 'INVALID', 'until must be an ISO 8601 date and time with its offset.', 'until');
    }
    const key = Buffer.from(id, 'hex');
    const [offsets, links] = await Promise.all([this.lastOffsets(key, read.data), this.citable(key, read.data)]);
    return {
      trusted_offsets: Object.fromEntries(offsets.map((o) => [`${o.topic}/${o.partition}`, Number(o.last)])),
      citable: links.map((l) => l.digest),
    };
  }

  private lastOffsets(key: Buffer, at: number): Promise<Offset[]> {
    return this.database.rows<Offset>(
      `SELECT l.topic, l.partition, max(e."offset") AS last FROM evidence e JOIN logs l USING (log)
       WHERE e.recorded_at <= $2 AND l.topic IN (SELECT DISTINCT topic FROM evidence JOIN logs USING (log)
         WHERE substring(mandate FROM ${KEY_ID_AT} FOR 8) = $1)
       GROUP BY l.topic, l.partition ORDER BY l.topic, l.partition`,
      [key, at],
    );
  }

  /** Links of issues that have no contract yet, or one that has not ended, or a rollback that is not over. */
  private citable(key: Buffer, at: number): Promise<{ digest: string }[]> {
    return this.database.rows<{ digest: string }>(
      `WITH last AS (
         SELECT DISTINCT ON (contract_id, message_type) issue_id, message_type, says FROM evidence
         WHERE message_type IN ('ContractChanged', 'IncidentChanged') ORDER BY contract_id, message_type, version DESC
       ), open AS (
         SELECT issue_id FROM last WHERE message_type = 'ContractChanged' AND says NOT IN ${ENDED} AND says <> 'FAILED'
         UNION SELECT issue_id FROM last WHERE message_type = 'IncidentChanged' AND says NOT IN ('INCIDENT_RESOLVED', 'INCIDENT_ROLLED_BACK')
       )
       SELECT DISTINCT encode(e.link_digest, 'hex') AS digest FROM evidence e
       WHERE substring(e.mandate FROM ${KEY_ID_AT} FOR 8) = $1 AND e.recorded_at <= $2
         AND (e.issue_id IN (SELECT issue_id FROM open) OR e.issue_id NOT IN (SELECT issue_id FROM last))
       ORDER BY digest`,
      [key, at],
    );
  }
}
