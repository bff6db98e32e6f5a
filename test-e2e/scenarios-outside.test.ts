import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256, signManifest } from '@mandate/contracts';
import type { CrmUpdate, IncidentChanged } from '@mandate/schemas';
import { repositoryDir } from '../infra/local/src/paths';
import { sampleTargetFiles } from '../infra/local/src/sample-target';
import { FIRST_VALUES } from '../infra/sample-target/src/config';
import { SettingsFile } from '../infra/sample-target/src/settings.file';
import { FullChain } from './src/full-chain';
import { Operator } from './src/operator';

jest.setTimeout(300_000);

/** What comes of changes where something outside has a say: a system with settings of its own, an operator, a catalogue. */
describe('changes with all eight services, a system outside and an operator', () => {
  let chain: FullChain;
  let operator: Operator;

  beforeAll(async () => {
    chain = await FullChain.open();
    chain.extraEnv.set('executor', { ROLLBACK_BACKOFF: '500ms' });
    operator = Operator.of(chain);
    await chain.startAll();
  });
  afterAll(() => chain?.close());

  const asked = async (reference: string, subject: string, wish: string) => {
    await chain.world.issue({ reference, subject, body: `Please ${wish}.` });
    return (await chain.eligible(reference, 60_000)).value;
  };
  const notices = (reference: string, from: number, to: number) =>
    asked(reference, 'Parcel notices', `raise the notices per parcel from ${from} to ${to}`);
  const ended = (id: string, kind: 'CHANGE' | 'ROLLBACK' = 'CHANGE') =>
    chain.world.next(
      'JobChanged',
      (m) => m.key === id && m.value.kind === kind && m.value.state === 'COMPLETED',
      60_000,
    );
  const incident = (id: string, state: IncidentChanged['state']) =>
    chain.world.next('IncidentChanged', (m) => m.key === id && m.value.state === state, 60_000);
  const told = (reference: string, state: CrmUpdate['state'], code?: string) =>
    chain.world.next(
      'CrmUpdate',
      (m) => m.value.reference === reference && m.value.state === state && (code ?? m.value.code) === m.value.code,
    );
  const final = (id: string) =>
    chain.world.next('CapabilityChanged', (m) => m.value.contract_id === id && m.value.cause === 'FINAL', 60_000);
  const waitsFor = (id: string, reason: string) =>
    chain.world.next('ContractChanged', (m) => m.key === id && m.value.waiting?.reason === reason, 60_000);

  /** What the system outside holds, and what applications are told of it. */
  const settings = () => new SettingsFile(sampleTargetFiles({ dataDir: chain.world.keysDir }).settings, FIRST_VALUES);
  const live = async (key = 'notices_per_parcel') => {
    const url = `${chain.url('executor')}/ofrep/v1/evaluate/flags/parcel_notices.${key}`;
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    const { value, metadata } = (await response.json()) as { value: unknown; metadata: Record<string, unknown> };
    return { there: settings().read().values[`parcel_notices#${key}`], value, ...metadata };
  };
  /** As somebody with a hand on that system would. */
  const setByHand = (value: number) => {
    const before = settings().read();
    settings().write({ ...before, values: { ...before.values, 'parcel_notices#notices_per_parcel': value } });
  };

  it('AM-19, SM-005: a change is made in the system outside, verified, final, and the flag names its contract', async () => {
    const contract = await notices('NOTICES-1', 3, 5);
    expect(await live()).toMatchObject({ there: 3, value: 3, state: 'final' });
    await chain.approveWhenHealthy(contract);
    await ended(contract.contract_id);
    await chain.reaches(contract.contract_id, 'COMPLETED', 90_000);
    await final(contract.contract_id);
    expect(await live()).toMatchObject({ there: 5, value: 5, state: 'final', contract_id: contract.contract_id });
    await told('NOTICES-1', 'COMPLETED');
  });

  it('JOB-003, JOB-006, AUDIT-003: a freeze while it is watched fails a change; the system outside is put back', async () => {
    const contract = await notices('NOTICES-2', 5, 7);
    await chain.approveWhenHealthy(contract);
    await ended(contract.contract_id);
    expect(await live()).toMatchObject({ there: 7, value: 7, state: 'provisional', contract_id: contract.contract_id });
    const lift = await operator.freeze('parcel_notices', 'Parcels are being counted.');
    await chain.reaches(contract.contract_id, 'FAILED', 90_000);
    await ended(contract.contract_id, 'ROLLBACK');
    await incident(contract.contract_id, 'ROLLED_BACK');
    const before = chain.world.all('ContractChanged').find((m) => m.value.origin.reference === 'NOTICES-1');
    expect(await live()).toMatchObject({ there: 5, value: 5, state: 'final', contract_id: before?.key });
    await told('NOTICES-2', 'ROLLED_BACK');
    await lift();
  });

  it('AM-18, HOLD-001: where it cannot be put back the incident says what is left; its capability is held until an operator has it tried again', async () => {
    const contract = await notices('NOTICES-3', 5, 8);
    await chain.approveWhenHealthy(contract);
    await ended(contract.contract_id);
    const lift = await operator.freeze('parcel_notices', 'Parcels are being counted again.');
    setByHand(11);
    const failed = await incident(contract.contract_id, 'ROLLBACK_FAILED');
    expect(failed.value).toMatchObject({ rollback_attempts: 3, left_behind: [{ capability: 'parcel_notices' }] });
    expect(failed.value.left_behind[0]?.detail).toMatch(/notices_per_parcel is 8, was 5; step 1 is FAILED: .*409/);
    await told('NOTICES-3', 'ROLLBACK_FAILED');
    await lift();

    const rival = await asked(
      'QUIET-1',
      'Quiet hour of parcel notices',
      'change the quiet hour of the parcel notices from 22 to 20',
    );
    await chain.approveWhenHealthy(rival);
    await waitsFor(rival.contract_id, 'HELD_BY');
    setByHand(8);
    await operator.retryRollback(contract.contract_id, 'The value was put right by hand.');
    await told('NOTICES-3', 'NOTE', 'ROLLBACK_RETRIED');
    await incident(contract.contract_id, 'ROLLED_BACK');
    await told('NOTICES-3', 'ROLLED_BACK');
    expect(await live()).toMatchObject({ there: 5, value: 5 });
    await chain.reaches(rival.contract_id, 'COMPLETED', 90_000);
    expect(await live('quiet_from_hour')).toMatchObject({ there: 20, value: 20 });
  });

  /** A newer catalogue in which these are frozen, allowed by a newer manifest and applied by an executor that starts with it. */
  const apply = async (version: number, frozen: readonly string[]): Promise<void> => {
    const text = readFileSync(join(repositoryDir, 'infra/capabilities.yaml'), 'utf8');
    const catalogue = frozen.reduce(
      (all, name) => all.replace(new RegExp(`(name: ${name}\\n(?:    .*\\n)*?    frozen:) false`), '$1 true'),
      text.replace(/^version: \d+$/m, `version: ${version}`),
    );
    const { keysDir, manifest } = chain.world;
    const file = join(chain.world.servers.dir, `catalogue-${version}.yaml`);
    writeFileSync(file, catalogue);
    catalogueDigests.push(sha256(catalogue).toString('hex'));
    const next = {
      ...manifest,
      number: version,
      catalogue_digests: [...manifest.catalogue_digests, ...catalogueDigests],
    };
    writeFileSync(
      join(keysDir, 'authority.json'),
      signManifest(next, createPrivateKey(readFileSync(join(keysDir, 'root.pem')))),
    );
    await chain.kill('executor', 'SIGTERM');
    await chain.start('executor', 'executor', { CATALOGUE_FILE: file });
    const isDefined = (name: string) =>
      chain.world.next('CapabilityChanged', (m) => m.key === name && m.value.catalogue_version === version);
    await isDefined('session_lifetime');
  };
  const catalogueDigests: string[] = [];

  it('ELIG-005: frozen between page and click, the click is refused; frozen between click and activation, it waits and goes on by itself', async () => {
    const clicked = await asked('FROZEN-1', 'Session lifetime', 'set the session lifetime to 90 minutes');
    const shown = await asked('FROZEN-2', 'Bulk export', 'raise the row limit of bulk export from 10000 to 20000');
    const start = () => ({ window_start: Date.now() + 6_000, window_end: Date.now() + 3_600_000 });
    await chain.approveWhenHealthy(clicked, start);
    const lift = await operator.freeze('session_lifetime', 'Sign-in is being moved.');
    await waitsFor(clicked.contract_id, 'BLOCKED');

    await apply(3, ['session_lifetime', 'bulk_export']);
    const waiting = await waitsFor(clicked.contract_id, 'FROZEN');
    expect(waiting.value.status).toBe('APPROVED');
    await lift();
    const refused = await chain.approve(shown);
    expect(refused.body.code).toBe('CAPABILITY_FROZEN');
    expect(chain.world.all('JobChanged').filter((m) => m.key === clicked.contract_id)).toEqual([]);

    await apply(4, []);
    await chain.reaches(clicked.contract_id, 'COMPLETED', 90_000);
    await chain.approveWhenHealthy(shown);
    await chain.reaches(shown.contract_id, 'COMPLETED', 90_000);
  });
});
