import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { type BrokerCredentials, brokerCredentials, kafkaClient } from '../kafka';
import { type AclPlan, applyAcls, applyTopics, type TopicPlan } from '../kafka-admin';
import { postgresSuperuserUrl } from '../postgres';
import { dropServiceDatabase, ensureServiceDatabase, type ServiceDatabase } from '../service-database';
import {
  removeTestStack,
  startTestBroker,
  startTestPostgres,
  startTestStack,
  stopTestBroker,
  stopTestPostgres,
  type TestStack,
} from './test-stack';

/** A real broker and a real database server for tests. */
export interface TestServers {
  /** The temporary folder of the servers. Broker: `kafka/`, database: `postgres/`. */
  readonly dir: string;
  /** `127.0.0.1:port` */
  readonly brokers: string;
  /** The database superuser's URL (database `postgres`). */
  readonly superuserUrl: string;
  /** Name, password and password file of a user: a service, `admin`, `crm`, `observer` or `spare-1` … `spare-8`. */
  credentials(username: string): BrokerCredentials;
  /** A kafkajs client of a user. `admin` may do everything. */
  kafka(username: string): Kafka;
  /** Creates topics and ACLs, idempotently; what other tests made is kept. */
  provision(plan: { topics: readonly TopicPlan[]; acls: readonly AclPlan[] }): Promise<void>;
  /** A fresh, empty database of its own for a service, with fresh roles (`name`, `name_owner`). */
  createDatabase(service: string): Promise<ServiceDatabase>;
  dropDatabase(name: string): Promise<void>;
  /** Orderly by default; SIGKILL for a crash. Other test files must not run meanwhile: use `startOwnServers` then. */
  stopBroker(signal?: NodeJS.Signals): Promise<void>;
  startBroker(): Promise<void>;
  /** Fast shutdown by default; SIGQUIT for a crash. */
  stopPostgres(signal?: NodeJS.Signals): Promise<void>;
  startPostgres(): Promise<void>;
}

/**
 * The servers that the run shares.
 *
 * @throws Error when the test does not run under the integration or e2e project of jest.config.cjs
 */
export function testServers(): TestServers {
  const text = process.env.MANDATE_TEST_STACK;
  if (text === undefined)
    throw new Error('There are no test servers: run this test under the integration or e2e project.');
  return serversOf(JSON.parse(text) as TestStack);
}

/** A broker and a database server that only this test has, in two seconds; `remove` stops and removes them. */
export async function startOwnServers(): Promise<TestServers & { remove(): Promise<void> }> {
  const stack = await startTestStack();
  return { ...serversOf(stack), remove: () => removeTestStack(stack.dir) };
}

function serversOf(stack: TestStack): TestServers {
  const brokers = `127.0.0.1:${stack.brokerPort}`;
  const superuserUrl = postgresSuperuserUrl(join(stack.dir, 'postgres'), stack.postgresPort);
  const credentials = (username: string) => brokerCredentials(join(stack.dir, 'kafka'), username);
  const kafka = (username: string) => kafkaClient(brokers, credentials(username));
  return {
    dir: stack.dir,
    brokers,
    superuserUrl,
    credentials,
    kafka,
    provision: async ({ topics, acls }) => {
      await applyTopics(kafka('admin'), topics);
      await applyAcls(kafka('admin'), acls, { keepOthers: true });
    },
    createDatabase: (service) => {
      const name = `mandate_${service.replaceAll('-', '_')}_${randomBytes(4).toString('hex')}`;
      return ensureServiceDatabase(superuserUrl, name, join(stack.dir, 'postgres', 'secrets'));
    },
    dropDatabase: (name) => dropServiceDatabase(superuserUrl, name),
    stopBroker: async (signal) => {
      await stopTestBroker(stack, signal);
    },
    startBroker: async () => {
      await startTestBroker(stack);
    },
    stopPostgres: async (signal) => {
      await stopTestPostgres(stack, signal);
    },
    startPostgres: async () => {
      await startTestPostgres(stack);
    },
  };
}
