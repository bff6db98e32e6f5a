import { Kafka, logLevel } from 'kafkajs';
import type { Logger } from 'pino';

export interface BrokerOptions {
  readonly brokers: readonly string[];
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  /** Certificates (PEM) that may have signed the broker's; with them the connection is TLS. */
  readonly ca?: string | undefined;
}

/** A kafkajs client with every time-out said, so that a service is back within a second of its broker (FLOW-005). */
export function kafkaClient(options: BrokerOptions, logger?: Logger): Kafka {
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ...(options.ca === undefined ? {} : { ssl: { ca: [options.ca] } }),
    sasl: { mechanism: 'scram-sha-512', username: options.username, password: options.password },
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 1_000, factor: 0.2, multiplier: 1.5 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => logger?.debug({ kafkajs: entry.namespace, ...entry.log }, entry.log.message),
  });
}
