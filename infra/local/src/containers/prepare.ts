import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAccessTokens } from '../access-tokens';
import type { ConnectionFile } from '../connection';
import { issuerUrl, reviewAudience } from '../issuer';
import { brokerCredentials } from '../kafka';
import { newClusterId, scramArgument } from '../kafka-files';
import { ensureKeys, localFounder, writeManifest } from '../keys';
import { catalogueFile } from '../parts';
import { ensureSampleTarget } from '../sample-target';
import { keptSecret, makePrivateDir, writePrivateFile } from '../secrets';
import { stackFiles } from '../stack-files';
import { serviceNames, stackUsers } from '../users';
import { containerBrokerSettings } from './broker-settings';
import { handOut, ofrepToken, webhookSecretName } from './hand-out';

/** The folders and addresses of a stack in containers. */
export interface ContainerStack {
  /** Everything of the stack; only the one-shot jobs, the issuer and the command line see it. */
  readonly dataDir: string;
  /** A folder a container, each a volume of its own. */
  readonly handoutDir: string;
  /** The host's port on which its own clients reach the broker. */
  readonly brokerPort: number;
}

/** Port on which each container's HTTP listens. */
export const containerHttpPort = 8080;
/** What a container engine takes its networks from. */
const containerNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
/** Where the issuer listens: inside review's network namespace and published, so that review and browsers name it alike. */
export const containerIssuerPort = 17_403;

/**
 * Makes what must exist before any server runs: secrets, keys, the manifest, the broker's settings. What is there
 * already stays; a second run changes nothing but the manifest when the catalogue has changed.
 */
export function prepare(stack: ContainerStack, nowMs: number): void {
  const files = stackFiles(stack.dataDir);
  makePrivateDir(files.dataDir);
  ensureKeys(files);
  ensureAccessTokens(files);
  keptSecret(ofrepToken(files));
  keptSecret(files.reviewClientSecret);
  ensureSampleTarget(files, {
    url: `http://sample-target:${containerHttpPort}`,
    secretFile: webhookSecretName,
    allowedAddresses: containerNetworks,
  });
  writeManifest(files, catalogueFile, nowMs);
  prepareBroker(stack, files.kafkaDir);
  writePrivateFile(join(stack.handoutDir, 'postgres', 'password'), superuserPassword(stack.dataDir));
  handOut(files, stack.handoutDir);
  writePrivateFile(files.connection, `${JSON.stringify(connectionOf(stack), null, 2)}\n`);
}

/** The password of the database's superuser. */
export function superuserPassword(dataDir: string): string {
  return keptSecret(join(stackFiles(dataDir).postgresDir, 'secrets', 'postgres'));
}

function prepareBroker({ handoutDir, brokerPort }: ContainerStack, kafkaDir: string): void {
  const dir = join(handoutDir, 'kafka');
  mkdirSync(dir, { recursive: true });
  const passwordOf = (user: string) => brokerCredentials(kafkaDir, user).password;
  const passwords = { broker: passwordOf('broker'), controller: passwordOf('controller') };
  const addresses = { inside: 'kafka:9092', outside: `127.0.0.1:${brokerPort}` };
  const settings = containerBrokerSettings('/var/lib/kafka/data', passwords, addresses);
  writePrivateFile(join(dir, 'server.properties'), settings);
  // Only the first start formats with these: they would be salted anew at each run.
  if (existsSync(join(dir, 'cluster-id'))) return;
  const users = [...stackUsers, 'admin', 'broker'];
  const credentials = users.map((user) => `${scramArgument(user, passwordOf(user))}\n`);
  writePrivateFile(join(dir, 'scram.txt'), credentials.join(''));
  writePrivateFile(join(dir, 'cluster-id'), newClusterId());
}

/** `connection.json` for a client inside the containers' network. */
function connectionOf({ dataDir }: ContainerStack): ConnectionFile {
  const files = stackFiles(dataDir);
  const users = [...stackUsers, 'admin'].map((name) => [name, brokerCredentials(files.kafkaDir, name).passwordFile]);
  const urls = [...serviceNames, 'sample-app'].map((name) => [name, `http://${name}:${containerHttpPort}`]);
  return {
    brokers: 'kafka:9092',
    users: Object.fromEntries(users),
    urls: { ...Object.fromEntries(urls), issuer: issuerUrl(containerIssuerPort) },
    founder: { name: localFounder, keyFile: files.founderKey, tokenFile: files.founderToken, audience: reviewAudience },
    intakeTokenFile: files.intakeToken,
    operatorTokenFile: files.operatorToken,
    manifestFile: files.manifest,
    rootPublicKeyFile: files.rootPublicKey,
  };
}
