import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { kafkaDir } from './paths';
import { StackRefusal } from './refusal';

/** What a broker's server.properties depends on. */
export interface BrokerSettings {
  readonly brokerPort: number;
  readonly controllerPort: number;
  readonly logDir: string;
  readonly brokerPassword: string;
  readonly controllerPassword: string;
  /** A second listener, of the same users, over TLS. */
  readonly tls?: BrokerTls | undefined;
}

/** A listener over TLS and the PKCS #12 file with its key and certificate. */
export interface BrokerTls {
  readonly port: number;
  readonly keystoreFile: string;
  readonly keystorePassword: string;
}

/** The KRaft configuration of one node that is broker and controller, with SCRAM users and ACLs. */
export function serverProperties(settings: BrokerSettings): string {
  const { brokerPort, controllerPort, logDir, brokerPassword, controllerPassword } = settings;
  const module = 'org.apache.kafka.common.security';
  return `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}
listeners=SASL_PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=SASL_PLAINTEXT://127.0.0.1:${brokerPort}
controller.listener.names=CONTROLLER
inter.broker.listener.name=SASL_PLAINTEXT
listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
sasl.mechanism.controller.protocol=PLAIN
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=${module}.scram.ScramLoginModule required username="broker" password="${brokerPassword}";
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=${module}.plain.PlainLoginModule required username="controller" password="${controllerPassword}" user_controller="${controllerPassword}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:controller;User:admin
allow.everyone.if.no.acl.found=false
auto.create.topics.enable=false
num.partitions=3
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
offsets.retention.minutes=525600
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.dirs=${logDir}
log.segment.bytes=67108864
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=2
${settings.tls === undefined ? '' : tlsProperties(settings, settings.tls)}`;
}

/** A property said twice counts as it was said last. */
function tlsProperties(settings: BrokerSettings, { port, keystoreFile, keystorePassword }: BrokerTls): string {
  const plain = `SASL_PLAINTEXT://127.0.0.1:${settings.brokerPort}`;
  return `listeners=${plain},SASL_SSL://127.0.0.1:${port},CONTROLLER://127.0.0.1:${settings.controllerPort}
advertised.listeners=${plain},SASL_SSL://127.0.0.1:${port}
listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:SASL_PLAINTEXT
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.ssl.keystore.type=PKCS12
listener.name.sasl_ssl.ssl.keystore.location=${keystoreFile}
listener.name.sasl_ssl.ssl.keystore.password=${keystorePassword}
listener.name.sasl_ssl.ssl.key.password=${keystorePassword}
`;
}

/** The java command: JAVA_HOME's, else the one on the PATH. */
export function javaCommand(): string {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java';
}

/**
 * The class path as an explicit list in a fixed order: a class-data archive is refused when the list differs.
 *
 * @throws StackRefusal when the jars were not fetched yet
 */
export function classPath(libDir: string = join(kafkaDir(), 'lib')): string {
  if (!existsSync(libDir)) {
    throw new StackRefusal("Kafka's jars are missing: run `node infra/local/bin/bootstrap.mjs` once.");
  }
  const jars = readdirSync(libDir).filter((name) => name.endsWith('.jar'));
  return jars
    .sort()
    .map((name) => join(libDir, name))
    .join(delimiter);
}

/** The class-data archive for this class path and this Java; it may not exist yet. */
export function archivePath(): string {
  const key = createHash('sha256').update(classPath()).update(javaIdentity()).digest('hex').slice(0, 12);
  return join(kafkaDir(), `classes-${key}.jsa`);
}

/** Tells one Java from another without starting it: an archive of another JVM would be ignored, with a warning. */
function javaIdentity(): string {
  const command = javaCommand();
  const candidates =
    command === 'java' ? (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'java')) : [command];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new StackRefusal('Java 17 or newer is needed to run Kafka: install it or set JAVA_HOME.');
  const path = realpathSync(found);
  return `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`;
}

/** The JVM's flags, then class path; a missing archive is silently ignored by Java, so it need not exist. */
export function javaFlags(archive: { readonly use?: string; readonly make?: string }): string[] {
  const flags = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
  if (archive.make !== undefined) flags.push(`-XX:ArchiveClassesAtExit=${archive.make}`);
  else if (archive.use !== undefined && existsSync(archive.use)) flags.push(`-XX:SharedArchiveFile=${archive.use}`);
  flags.push('-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true');
  return [...flags, '-cp', classPath()];
}

/** A SCRAM credential for the format tool; salted, so that no clear password is on a command line. */
export function scramArgument(name: string, password: string): string {
  const iterations = 4_096;
  const salt = randomBytes(24);
  const salted = pbkdf2Sync(password, salt, iterations, 64, 'sha512').toString('base64');
  return `SCRAM-SHA-512=[name=${name},iterations=${iterations},salt="${salt.toString('base64')}",saltedpassword="${salted}"]`;
}

/** A cluster id as Kafka writes it: 16 bytes in 22 base64url characters; it may not start with a dash. */
export function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
