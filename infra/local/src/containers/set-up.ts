import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaAcls, kafkaTopics } from '@mandate/contracts';
import { brokerCredentials, kafkaClient } from '../kafka';
import { applyAcls, applyTopics } from '../kafka-admin';
import { migrateAll } from '../migrations';
import { databaseName } from '../parts';
import { writePrivateFile } from '../secrets';
import { closeSharedDatabases, ensureServiceDatabase } from '../service-database';
import { stackFiles } from '../stack-files';
import { type ServiceName, serviceNames } from '../users';
import { handOutDatabase } from './hand-out';
import { type ContainerStack, superuserPassword } from './prepare';

/** `host:port` of the two servers, as this job reaches them. */
export interface ServerAddresses {
  readonly broker: string;
  readonly database: string;
}

const serversWithinMs = 120_000;
const partitionsPerTopic = 3;

/**
 * Makes broker and database what the tables say: topics, permissions, databases, roles and their tables; hands each
 * service its database's URL. Can run again at every start.
 */
export async function setUp(
  stack: ContainerStack,
  servers: ServerAddresses,
  report: (line: string) => void,
): Promise<void> {
  const files = stackFiles(stack.dataDir);
  const superuserUrl = `postgres://postgres:${superuserPassword(stack.dataDir)}@${servers.database}/postgres`;
  await retried('PostgreSQL', report, () => closeSharedDatabases(superuserUrl));
  const ownerUrlFiles = new Map<ServiceName, string>();
  for (const service of serviceNames) {
    const database = await ensureServiceDatabase(superuserUrl, databaseName(service), files.databaseSecretsDir);
    for (const file of [database.urlFile, database.ownerUrlFile, database.readerUrlFile])
      pointAt(servers.database, file);
    ownerUrlFiles.set(service, database.ownerUrlFile);
    handOutDatabase(files, stack.handoutDir, service);
  }
  report('Databases and roles are there; bringing their tables up to date …');
  // Its memory of what was done lies in another volume than the tables.
  rmSync(files.migrated, { force: true });
  await migrateAll(files, ownerUrlFiles);
  const admin = kafkaClient(servers.broker, brokerCredentials(files.kafkaDir, 'admin'));
  await retried('Kafka', report, () => applyTopics(admin, kafkaTopics(partitionsPerTopic)));
  await applyAcls(admin, kafkaAcls());
  report('Topics and permissions are there.');
}

/** The local stack's URLs name 127.0.0.1. */
function pointAt(address: string, urlFile: string): void {
  const url = new URL(readFileSync(urlFile, 'utf8'));
  url.host = address;
  writePrivateFile(urlFile, url.href);
}

async function retried(server: string, report: (line: string) => void, work: () => Promise<void>): Promise<void> {
  const deadlineMs = Date.now() + serversWithinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      report(`Waiting for ${server}: ${(error as Error).message}`);
      await sleep(1_000);
    }
  }
}
