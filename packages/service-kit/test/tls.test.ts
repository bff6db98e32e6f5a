import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { brokerCredentials, startBroker } from '../../../infra/local/src/kafka';
import { javaCommand } from '../../../infra/local/src/kafka-files';
import { freePorts } from '../../../infra/local/src/ports';
import { makeTestDir, removeTestStack } from '../../../infra/local/src/testing/test-stack';
import { kafkaClient } from '../src/broker';

const java = javaCommand();
const keytool = java === 'java' ? 'keytool' : join(dirname(java), 'keytool');
const keystorePassword = 'of-a-test';

/** Makes a key with a certificate that it signs itself, for 127.0.0.1, by Java's own tool; returns the certificate. */
function makeCertificate(keystoreFile: string): string {
  const of = ['-keystore', keystoreFile, '-storetype', 'PKCS12', '-storepass', keystorePassword, '-alias', 'broker'];
  const subject = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1'];
  execFileSync(keytool, ['-genkeypair', '-keyalg', 'EC', '-validity', '2', ...subject, ...of], { stdio: 'ignore' });
  return execFileSync(keytool, ['-exportcert', '-rfc', ...of], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

describe('a broker over TLS', () => {
  const dir = makeTestDir();
  afterAll(() => removeTestStack(dir));

  it('is signed in to by whoever was given the certificate that it signed for itself', async () => {
    const [brokerPort, controllerPort, port] = (await freePorts(3)) as [number, number, number];
    const tls = { port, keystoreFile: join(dir, 'broker.p12'), keystorePassword };
    const own = makeCertificate(tls.keystoreFile);
    const kafkaDir = join(dir, 'kafka');
    await startBroker({ dir: kafkaDir, brokerPort, controllerPort, users: [], tls });
    const { username, password } = brokerCredentials(kafkaDir, 'admin');
    const kafka = kafkaClient({ brokers: [`127.0.0.1:${port}`], username, password, clientId: 'test', ca: own });
    const admin = kafka.admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port }]);
    await admin.disconnect();
  }, 90_000);
});
