// What runs: a Deployment, a Service, a budget, an account and a scaler for each of the eight; a Job that brings a
// database up to date. Secrets are named here and made elsewhere (docs/operations.md).

import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { SERVICES, type Service } from '@mandate/contracts';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type {
  IContainer,
  IPodSecurityContext,
  ISecurityContext,
  IService,
  IServiceAccount,
  IVolume,
  IVolumeMount,
} from 'kubernetes-models/v1';

const GIVEN = '/run/mandate';
const PARTITIONS_PER_REPLICA = 2;
export const PARTITIONS = 12;
const REPLICAS = { min: 2, max: PARTITIONS / PARTITIONS_PER_REPLICA };
/** Messages that wait per replica before another one is started. */
const LAG_PER_REPLICA = '500';

const labelsOf = (service: Service) => ({
  'app.kubernetes.io/name': service,
  'app.kubernetes.io/part-of': 'mandate',
});
const variables = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

interface Own {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly readsCatalogue?: boolean;
}

/** What one service has beside the others: variables, and files of its secret by the variable that names them. */
const OWN: Readonly<Record<Service, Own>> = {
  ingestion: { files: { INTAKE_TOKENS_FILE: 'intake.json' } },
  validator: {},
  eligibility: {},
  contract: {},
  review: {
    env: {
      PUBLIC_URL: 'https://mandate.example.com',
      AUDITOR_PUBLIC_URL: 'https://auditor.mandate.example.com',
      OIDC_ISSUER: 'https://issuer.example.com',
      OIDC_AUDIENCE: 'mandate-review',
      OIDC_CLIENT_ID: 'mandate-review',
    },
    files: { OIDC_CLIENT_SECRET_FILE: 'oidc-client.secret' },
  },
  executor: {
    env: { CATALOGUE_FILE: `${GIVEN}/catalogue/capabilities.yaml`, SAMPLE_APP_URL: 'https://app.example.com' },
    files: { OFREP_TOKEN_FILE: 'ofrep.token', WEBHOOK_TARGETS_FILE: 'webhook-targets.json' },
    readsCatalogue: true,
  },
  health: {
    env: { CATALOGUE_FILE: `${GIVEN}/catalogue/capabilities.yaml`, SAMPLE_APP_URL: 'https://app.example.com' },
    files: { ALERTMANAGER_TOKENS_FILE: 'alertmanager.json' },
    readsCatalogue: true,
  },
  auditor: {},
};

const restricted: { readonly pod: IPodSecurityContext; readonly container: ISecurityContext } = {
  pod: {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  container: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
};

/** Its own secret and broker password; of the others' it is given nothing. */
function volumesOf(service: Service): IVolume[] {
  const secret = (name: string, secretName: string, more: IVolume['secret'] = {}): IVolume => ({
    name,
    secret: { secretName, defaultMode: 0o440, ...more },
  });
  return [
    { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    secret('own', `mandate-${service}`),
    secret('broker-user', service, { items: [{ key: 'password', path: 'password' }] }),
    secret('broker-ca', 'mandate-cluster-ca-cert', { items: [{ key: 'ca.crt', path: 'ca.crt' }] }),
    { name: 'authority', configMap: { name: 'mandate-authority' } },
    ...(OWN[service].readsCatalogue ? [{ name: 'catalogue', configMap: { name: 'mandate-catalogue' } }] : []),
  ];
}

function mountsOf(service: Service): IVolumeMount[] {
  const mount = (name: string, mountPath: string): IVolumeMount => ({ name, mountPath, readOnly: true });
  return [
    { name: 'tmp', mountPath: '/tmp' },
    mount('own', `${GIVEN}/own`),
    mount('broker-user', `${GIVEN}/broker-user`),
    mount('broker-ca', `${GIVEN}/broker-ca`),
    mount('authority', `${GIVEN}/authority`),
    ...(OWN[service].readsCatalogue ? [mount('catalogue', `${GIVEN}/catalogue`)] : []),
  ];
}

function environmentOf(service: Service): NonNullable<IContainer['env']> {
  const files = Object.entries(OWN[service].files ?? {}).map(([name, file]) => [name, `${GIVEN}/own/${file}`]);
  return variables({
    MANDATE_ENVIRONMENT: 'production',
    KAFKA_BROKERS: 'mandate-kafka-bootstrap:9093',
    KAFKA_USERNAME: service,
    KAFKA_PASSWORD_FILE: `${GIVEN}/broker-user/password`,
    KAFKA_CA_FILE: `${GIVEN}/broker-ca/ca.crt`,
    DATABASE_URL_FILE: `${GIVEN}/own/database.url`,
    MANDATE_KEY_FILE: `${GIVEN}/own/key.pem`,
    MANDATE_MANIFEST_FILE: `${GIVEN}/authority/authority.json`,
    MANDATE_ROOT_PUBLIC_KEY_FILE: `${GIVEN}/authority/root.pub.pem`,
    OPERATOR_TOKENS_FILE: `${GIVEN}/own/operators.json`,
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: '8080',
    ...OWN[service].env,
    ...Object.fromEntries(files),
  });
}

type Probe = NonNullable<IContainer['livenessProbe']>;
const probe = (path: string, more: Probe): Probe => ({ httpGet: { path, port: 'http' }, ...more });

function deployment(service: Service): IDeployment {
  const labels = labelsOf(service);
  const container: IContainer = {
    name: service,
    image: `mandate-${service}`,
    ports: [{ name: 'http', containerPort: 8080 }],
    env: environmentOf(service),
    volumeMounts: mountsOf(service),
    securityContext: restricted.container,
    resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '512Mi' } },
    startupProbe: probe('/health/live', { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe('/health/live', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    readinessProbe: probe('/health/ready', { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: service, labels },
    spec: {
      // A scaler sets how many: no `replicas` here.
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: service,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 45,
          securityContext: restricted.pod,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [container],
          volumes: volumesOf(service),
        },
      },
    },
  };
}

/** More replicas while more messages wait; what a service has not committed is what it says of itself. */
function scaler(service: Service): IScaledObject {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: service, labels: labelsOf(service) },
    spec: {
      scaleTargetRef: { name: service },
      minReplicaCount: REPLICAS.min,
      maxReplicaCount: REPLICAS.max,
      cooldownPeriod: 300,
      triggers: [
        {
          type: 'prometheus',
          metadata: {
            serverAddress: 'http://prometheus.monitoring:9090',
            query: `sum(max by (topic, partition) (mandate_consumer_lag{service="${service}"}))`,
            threshold: LAG_PER_REPLICA,
          },
        },
      ],
    },
  };
}

/** Everything of one service but its migration. */
export function workloads(service: Service): object[] {
  const metadata = { name: service, labels: labelsOf(service) };
  const account: IServiceAccount = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
    automountServiceAccountToken: false,
  };
  const address: IService = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: metadata.labels, ports: [{ name: 'http', port: 8080, targetPort: 'http' }] },
  };
  const budget: IPodDisruptionBudget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { maxUnavailable: 1, selector: { matchLabels: metadata.labels } },
  };
  return [account, deployment(service), address, budget, scaler(service)];
}

/** Brings one database up to date as its owner, whose URL no service is given. Gone ten minutes after it is done. */
export function migration(service: Service): IJob {
  const labels = { 'app.kubernetes.io/name': `migrate-${service}`, 'app.kubernetes.io/part-of': 'mandate' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `migrate-${service}`, labels },
    spec: {
      backoffLimit: 10,
      ttlSecondsAfterFinished: 600,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'OnFailure',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: restricted.pod,
          containers: [
            {
              name: 'migrate',
              image: `mandate-${service}`,
              args: [service],
              env: variables({
                PROGRAM: 'packages/service-kit/dist/migrate.js',
                OWNER_DATABASE_URL_FILE: `${GIVEN}/owner/database.url`,
              }),
              volumeMounts: [
                { name: 'tmp', mountPath: '/tmp' },
                { name: 'owner', mountPath: `${GIVEN}/owner`, readOnly: true },
              ],
              securityContext: restricted.container,
              resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
            },
          ],
          volumes: [
            { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
            { name: 'owner', secret: { secretName: `mandate-${service}-owner`, defaultMode: 0o440 } },
          ],
        },
      },
    },
  };
}

/** The eight, in the order of the chain. */
export const allWorkloads = (): object[] => SERVICES.flatMap(workloads);
export const allMigrations = (): object[] => SERVICES.map(migration);
