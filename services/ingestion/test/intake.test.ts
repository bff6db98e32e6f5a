import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '@mandate/schemas';
import type { RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';

const TOKEN = 'desk-token';
let world: World;
let service: RunningService;
let tokensFile: string;

beforeAll(async () => {
  const list = [
    { token_sha256: createHash('sha256').update(TOKEN).digest('hex'), source_system: 'desk' },
    { token_sha256: createHash('sha256').update('other-token').digest('hex'), source_system: 'other' },
  ];
  tokensFile = join(mkdtempSync(join(tmpdir(), 'intake-')), 'tokens.json');
  writeFileSync(tokensFile, JSON.stringify(list));
  world = await World.open();
  service = await world.start('ingestion', AppModule, { INTAKE_TOKENS_FILE: tokensFile });
}, 60_000);
afterAll(() => world?.close(), 60_000);

const updateOf = (reference: string, state: string) =>
  world.next('CrmUpdate', (m) => m.value.reference === reference && m.value.state === state);

describe('what arrives on crm.issues.v1', () => {
  it('becomes an IssueReceived, and its CRM is told RECEIVED', async () => {
    const sent = await world.issue({ reference: 'T-1', raw_payload: Buffer.from('{"a":"\\u0000","n":1e400}') });
    const received = await world.next('IssueReceived', (m) => m.value.origin.reference === 'T-1');
    const told = await updateOf('T-1', 'RECEIVED');
    const digest = createHash('sha256').update(encode('CrmIssue', sent)).digest();

    expect(received.key).toBe(received.value.issue_id);
    expect(received.value).toMatchObject({ subject: sent.subject, status: 'RECEIVED', payload_digest: digest });
    expect(received.link?.causeDigest).toEqual(digest);
    expect(told.value).toMatchObject({ issue_id: received.value.issue_id, source_system: 'desk' });
    expect(told.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_id: told.value.update_id,
      ce_type: 'mandate.crm-update.v1',
      ce_source: '/mandate/ingestion',
      'content-type': 'application/avro',
    });
    expect(new Date(told.headers.ce_time as string).getTime()).toBe(told.value.at);
  });
});
