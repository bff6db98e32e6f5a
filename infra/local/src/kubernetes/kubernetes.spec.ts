import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { kafkaAcls, kafkaTopics, SERVICES } from '@mandate/contracts';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';
import { repositoryDir } from '../paths';
import { networkPolicies } from './network';
import { PARTITIONS } from './workloads';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: looked at, not typed
  readonly spec: any;
}

const folder = join(repositoryDir, 'infra/k8s');
const read = (path: string) =>
  parseAllDocuments(readFileSync(join(folder, path), 'utf8')).map((one) => one.toJS() as Manifest);
const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string }[];
};
const all = kustomization.resources.flatMap(read);
const of = (kind: string) => all.filter((one) => one.kind === kind);
const names = (kind: string) => of(kind).map((one) => one.metadata.name);

type Model = new (data: never) => { validate(): void };
const models: Readonly<Record<string, object>> = {
  v1: core,
  'apps/v1': apps,
  'batch/v1': batch,
  'policy/v1': policy,
  'networking.k8s.io/v1': networking,
  'keda.sh/v1alpha1': keda,
};
const check = (one: Manifest) => {
  const model = (models[one.apiVersion] as Readonly<Record<string, Model>>)[one.kind];
  if (model === undefined) throw new Error(`${one.apiVersion} has no ${one.kind}`);
  new model(one as never).validate();
};

describe('the manifests for a cluster', () => {
  it('name every file there is', () => {
    const files = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.yaml'));
    expect([...kustomization.resources].sort()).toEqual(files.filter((name) => name !== 'kustomization.yaml').sort());
  });

  it.each(all.filter((one) => !one.apiVersion.startsWith('kafka.strimzi.io')).map((one) => [one.kind, one] as const))(
    'fit the schema of a %s',
    (_kind, one) => check(one),
  );

  it('would be refused by it', () => {
    const spec = { selector: {}, template: { spec: { containers: [{ image: 'without a name' }] } } };
    expect(() => check({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec })).toThrow(/name/);
    expect(() => check({ apiVersion: 'apps/v1', kind: 'Deploy', metadata: { name: 'a' }, spec })).toThrow('no Deploy');
  });

  it('run each of the eight with a budget, an account, an address, a scaler and an image that the overlay names', () => {
    for (const kind of ['Deployment', 'PodDisruptionBudget', 'ServiceAccount', 'Service', 'ScaledObject'])
      expect(names(kind)).toEqual([...SERVICES]);
    expect(names('Job')).toEqual(SERVICES.map((service) => `migrate-${service}`));
    expect(kustomization.images.map(({ name }) => name)).toEqual(SERVICES.map((service) => `mandate-${service}`));
  });

  it('let no container do more than the restricted profile allows, and none without limit and probes', () => {
    for (const { kind, spec } of [...of('Deployment'), ...of('Job')]) {
      const pod = spec.template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      const [container] = pod.containers;
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits.memory).toBeDefined();
      if (kind === 'Deployment') {
        expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
        expect(container.livenessProbe.httpGet.path).toBe('/health/live');
      }
    }
  });

  it('give a service its own secrets and nobody else’s, and its owner’s database URL to none', () => {
    for (const { metadata, spec } of of('Deployment')) {
      const secrets = spec.template.spec.volumes.flatMap((v: core.IVolume) => (v.secret ? [v.secret.secretName] : []));
      expect(secrets.sort()).toEqual([`mandate-${metadata.name}`, 'mandate-cluster-ca-cert', metadata.name].sort());
    }
  });

  it('CHAIN-001: no service may reach another, and one that no rule names reaches nothing', () => {
    const policies = networkPolicies();
    const selectors = policies.flatMap(({ spec }) =>
      [
        ...(spec?.egress ?? []).flatMap((rule) => rule.to ?? []),
        ...(spec?.ingress ?? []).flatMap((r) => r.from ?? []),
      ].map((peer) => peer.podSelector?.matchLabels),
    );
    expect(selectors.filter((labels) => labels?.['app.kubernetes.io/part-of'] === 'mandate')).toEqual([]);
    expect(new Set(selectors.map((labels) => labels?.['app.kubernetes.io/name']))).toEqual(
      new Set([undefined, 'postgresql']),
    );
    // An empty peer would be everybody.
    for (const { spec } of policies)
      for (const rule of spec?.egress ?? []) expect(rule.to?.every((peer) => Object.keys(peer).length > 0)).toBe(true);
    expect(policies[0]?.spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'mandate' } },
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('give Strimzi each topic of the table with its settings', () => {
    const found = of('KafkaTopic').map(({ metadata, spec }) => {
      const { 'min.insync.replicas': _, ...config } = spec.config;
      return { name: metadata.name, partitions: spec.partitions, config };
    });
    expect(found).toEqual(kafkaTopics(PARTITIONS));
  });

  it('CHAIN-001: give Strimzi each user with exactly the permissions of the table', () => {
    const told = of('KafkaUser').flatMap(({ metadata, spec }) =>
      spec.authorization.acls.flatMap(
        (rule: { resource: { type: string; name: string; patternType: string }; operations: string[] }) =>
          rule.operations.map((operation) =>
            [metadata.name, rule.resource.type, rule.resource.name, rule.resource.patternType, operation].join(' '),
          ),
      ),
    );
    const wanted = kafkaAcls().map((acl) => {
      const patternType = acl.patternType === 'PREFIXED' ? 'prefix' : 'literal';
      const operation = acl.operation.charAt(0) + acl.operation.slice(1).toLowerCase();
      return [acl.principal, acl.resourceType.toLowerCase(), acl.name, patternType, operation].join(' ');
    });
    expect(told.sort()).toEqual([...wanted].sort());
  });
});
