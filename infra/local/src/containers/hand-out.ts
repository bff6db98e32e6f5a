import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { brokerCredentials } from '../kafka';
import { databaseName } from '../parts';
import { sampleTargetFiles } from '../sample-target';
import type { StackFiles } from '../stack-files';
import { type ServiceName, serviceNames } from '../users';

/**
 * Gives each service the files that are its own, in a folder that only it is given: name there → file of the stack.
 * Nobody is given the root's or the founder's key.
 */
function filesOf(service: ServiceName, files: StackFiles): Readonly<Record<string, string>> {
  return {
    'key.pem': files.serviceKey(service),
    'authority.json': files.manifest,
    'root.pub.pem': files.rootPublicKey,
    'kafka.password': brokerCredentials(files.kafkaDir, service).passwordFile,
    'operators.json': files.operatorTokens,
    ...(service === 'ingestion' ? { 'intake.json': files.intakeTokens } : {}),
    ...(service === 'review' ? { 'review-client.secret': files.reviewClientSecret } : {}),
    ...(service === 'executor' ? executorFiles(files) : {}),
  };
}

/** What the executor and the system that it changes by webhook sign with, beside the file that names it. */
export const webhookSecretName = 'webhook.secret';

const executorFiles = (files: StackFiles) => ({
  'ofrep.token': ofrepToken(files),
  'webhook-targets.json': sampleTargetFiles(files).webhookTargets,
  [webhookSecretName]: sampleTargetFiles(files).secret,
});

/** What applications read their flags with. */
export function ofrepToken(files: StackFiles): string {
  return join(files.dataDir, 'clients', 'ofrep.token');
}

/** Hands out what every service and the two sample systems need before the servers run. */
export function handOut(files: StackFiles, handoutDir: string): void {
  for (const service of serviceNames) {
    for (const [name, file] of Object.entries(filesOf(service, files))) give(file, handoutDir, service, name);
  }
  give(ofrepToken(files), handoutDir, 'sample-app', 'ofrep.token');
  give(sampleTargetFiles(files).secret, handoutDir, 'sample-target', webhookSecretName);
}

/** Hands out a service's database URL; its owner's stays behind. */
export function handOutDatabase(files: StackFiles, handoutDir: string, service: ServiceName): void {
  give(join(files.databaseSecretsDir, `${databaseName(service)}.url`), handoutDir, service, 'database.url');
}

function give(file: string, handoutDir: string, receiver: string, name: string): void {
  mkdirSync(join(handoutDir, receiver), { recursive: true });
  copyFileSync(file, join(handoutDir, receiver, name));
}
