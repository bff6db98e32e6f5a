import { join } from 'node:path';
import { issuerUrl, reviewAudience, reviewClientId } from './issuer';
import { brokerCredentials } from './kafka';
import { repositoryDir } from './paths';
import type { PortOwner } from './ports';
import { sampleTargetFiles, sampleTargetPart } from './sample-target';
import type { StackFiles } from './stack-files';
import { type ServiceName, serviceNames } from './users';

/** A Node process of the stack. */
export interface Part {
  readonly name: PortOwner;
  /** The program that Node runs. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** `http`: ready when GET /health/ready answers 200. `tcp`: ready when the port takes connections. */
  readonly probe: 'http' | 'tcp';
}

/** What a part's environment is made of. */
export interface PartContext {
  readonly files: StackFiles;
  readonly ports: Readonly<Record<PortOwner, number>>;
}

/** What Mandate may change in this stack. */
export const catalogueFile = join(repositoryDir, 'infra/capabilities.yaml');

/** What single services are given beyond what all are given. */
const extraEnv: Readonly<Partial<Record<ServiceName, (context: PartContext) => Record<string, string>>>> = {
  ingestion: ({ files }) => ({ INTAKE_TOKENS_FILE: files.intakeTokens }),
  review: ({ files, ports }) => ({
    OIDC_ISSUER: issuerUrl(ports.issuer),
    OIDC_AUDIENCE: reviewAudience,
    OIDC_CLIENT_ID: reviewClientId,
    OIDC_CLIENT_SECRET_FILE: files.reviewClientSecret,
    PUBLIC_URL: pageUrl(ports.review),
    AUDITOR_PUBLIC_URL: urlOf(ports.auditor),
  }),
  executor: ({ files, ports }) => ({
    CATALOGUE_FILE: catalogueFile,
    SAMPLE_APP_URL: urlOf(ports['sample-app']),
    WEBHOOK_TARGETS_FILE: sampleTargetFiles(files).webhookTargets,
  }),
  health: ({ ports }) => ({
    CATALOGUE_FILE: catalogueFile,
    SAMPLE_APP_URL: urlOf(ports['sample-app']),
    OBSERVATION_WINDOW: '5s',
  }),
};

/** The Node processes of a stack: the eight services, the application that Mandate governs, and the OpenID provider. */
export function stackParts(context: PartContext): readonly Part[] {
  const services = serviceNames.map(
    (name): Part => ({
      name,
      program: join(repositoryDir, 'services', name, 'dist/main.js'),
      env: { ...serviceEnv(name, context), ...extraEnv[name]?.(context) },
      probe: 'http',
    }),
  );
  const sampleApp: Part = {
    name: 'sample-app',
    program: join(repositoryDir, 'infra/sample-app/dist/main.js'),
    env: { HTTP_PORT: String(context.ports['sample-app']), OFREP_URL: urlOf(context.ports.executor) },
    // Its own health is what Mandate observes; a sick application must not keep the stack from starting.
    probe: 'tcp',
  };
  const issuer: Part = {
    name: 'issuer',
    program: join(repositoryDir, 'infra/local/dist/issuer-process.js'),
    env: {
      HTTP_PORT: String(context.ports.issuer),
      ISSUER_KEY_FILE: context.files.issuerKey,
      CLIENT_SECRET_FILE: context.files.reviewClientSecret,
      PAGE_URL: pageUrl(context.ports.review),
    },
    probe: 'tcp',
  };
  const sampleTarget = sampleTargetPart(context.files, context.ports['sample-target']);
  return [...services, sampleApp, sampleTarget, issuer];
}

/** A service's database in a stack; also the name of its runtime role. */
export function databaseName(service: ServiceName): string {
  return `mandate_${service}`;
}

/** A part's address on this machine. */
export function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Where the review page is; a name and no address, since a passkey belongs to a name. */
export function pageUrl(port: number): string {
  return `http://localhost:${port}`;
}

function serviceEnv(service: ServiceName, { files, ports }: PartContext): Record<string, string> {
  return {
    KAFKA_BROKERS: `127.0.0.1:${ports.broker}`,
    KAFKA_USERNAME: service,
    KAFKA_PASSWORD_FILE: brokerCredentials(files.kafkaDir, service).passwordFile,
    DATABASE_URL_FILE: join(files.databaseSecretsDir, `${databaseName(service)}.url`),
    MANDATE_KEY_FILE: files.serviceKey(service),
    MANDATE_ENVIRONMENT: 'local',
    MANDATE_MANIFEST_FILE: files.manifest,
    MANIFEST_RELOAD: '1s',
    OPERATOR_TOKENS_FILE: files.operatorTokens,
    MANDATE_ROOT_PUBLIC_KEY_FILE: files.rootPublicKey,
    HTTP_PORT: String(ports[service]),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    ...tracing(),
  };
}

/** Where traces go, and how: as whoever starts the stack says (docs/tracing.md). */
function tracing(): Record<string, string> {
  const said = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_'));
  return Object.fromEntries(said.map(([name, value]) => [name, value ?? '']));
}
