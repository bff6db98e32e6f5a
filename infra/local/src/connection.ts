import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { issuerUrl, mintToken, reviewAudience, type TokenRequest } from './issuer';
import { brokerCredentials, kafkaClient } from './kafka';
import { localFounder } from './keys';
import { databaseName, urlOf } from './parts';
import { type PortOwner, portsFrom } from './ports';
import { StackRefusal } from './refusal';
import { writePrivateFile } from './secrets';
import { readState, type StackFiles, stackFiles } from './stack-files';
import { serviceNames, stackUsers } from './users';

/** `connection.json`: what a client needs to talk to a stack. Holds the paths of secrets, never a secret. */
export interface ConnectionFile {
  readonly brokers: string;
  /** User name → file that holds the password. */
  readonly users: Readonly<Record<string, string>>;
  /** Part → base URL: the eight services, `sample-app`, `issuer`. */
  readonly urls: Readonly<Record<string, string>>;
  readonly founder: {
    readonly name: string;
    readonly keyFile: string;
    readonly tokenFile: string;
    readonly audience: string;
  };
  /** Bearer tokens: of a customer's system at the HTTP intake, and of the operator. */
  readonly intakeTokenFile: string;
  readonly operatorTokenFile: string;
  readonly manifestFile: string;
  readonly rootPublicKeyFile: string;
  readonly rootKeyFile?: string;
  readonly serviceKeyFiles?: Readonly<Record<string, string>>;
  /** Service → file with its database's URL for the role that only reads what is audited. */
  readonly readerUrlFiles?: Readonly<Record<string, string>>;
}

/** A running (or stopped) stack as a client of it sees it. */
export interface StackConnection extends ConnectionFile {
  readonly files: StackFiles;
  readonly ports: Readonly<Record<PortOwner, number>>;
  /** A kafkajs client of a user: `crm`, `observer`, `admin` or a service. */
  kafka(username: string): Kafka;
  /** A token of the stack's issuer. */
  token(request: TokenRequest): string;
}

/** Writes `connection.json`. */
export function writeConnection(files: StackFiles, ports: Readonly<Record<PortOwner, number>>): void {
  const users = [...stackUsers, 'admin'].map((name) => [name, brokerCredentials(files.kafkaDir, name).passwordFile]);
  const urls = [...serviceNames, 'sample-app' as const].map((name) => [name, urlOf(ports[name])]);
  const connection: ConnectionFile = {
    brokers: `127.0.0.1:${ports.broker}`,
    users: Object.fromEntries(users),
    urls: { ...Object.fromEntries(urls), issuer: issuerUrl(ports.issuer) },
    founder: { name: localFounder, keyFile: files.founderKey, tokenFile: files.founderToken, audience: reviewAudience },
    intakeTokenFile: files.intakeToken,
    operatorTokenFile: files.operatorToken,
    manifestFile: files.manifest,
    rootPublicKeyFile: files.rootPublicKey,
    rootKeyFile: files.rootKey,
    serviceKeyFiles: Object.fromEntries(serviceNames.map((name) => [name, files.serviceKey(name)])),
    readerUrlFiles: Object.fromEntries(
      serviceNames.map((name) => [name, join(files.databaseSecretsDir, `${databaseName(name)}_reader.url`)]),
    ),
  };
  writePrivateFile(files.connection, `${JSON.stringify(connection, null, 2)}\n`);
}

/**
 * Connects to the stack of a data folder.
 *
 * @throws StackRefusal when there never was one
 */
export function openStack(dataDir: string): StackConnection {
  const files = stackFiles(dataDir);
  const state = readState(files);
  if (state === undefined || !existsSync(files.connection)) {
    throw new StackRefusal(
      `There is no stack in ${dataDir}: start one with \`npm start\`, or name its folder with --data.`,
    );
  }
  const connection = JSON.parse(readFileSync(files.connection, 'utf8')) as ConnectionFile;
  const ports = portsFrom(state.portBase);
  return {
    ...connection,
    files,
    ports,
    kafka: (username) => kafkaClient(connection.brokers, brokerCredentials(files.kafkaDir, username)),
    token: (request) => mintToken(files, ports.issuer, request),
  };
}
