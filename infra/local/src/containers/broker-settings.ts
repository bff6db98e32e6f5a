import { serverProperties } from '../kafka-files';

/** Where clients find the broker: services inside the containers' network, people's own clients from this machine. */
export interface BrokerAddresses {
  /** `host:port` */
  readonly inside: string;
  readonly outside: string;
}

/**
 * The local broker's settings for a container: the same users, permissions and limits, with a listener for the
 * containers' network and one for clients on this machine.
 */
export function containerBrokerSettings(
  logDir: string,
  passwords: { readonly broker: string; readonly controller: string },
  { inside, outside }: BrokerAddresses,
): string {
  const local = serverProperties({
    brokerPort: 9092,
    controllerPort: 9093,
    logDir,
    brokerPassword: passwords.broker,
    controllerPassword: passwords.controller,
  });
  const settings = new Map(
    local
      .trim()
      .split('\n')
      .map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
  );
  const jaas = (listener: string) => `listener.name.${listener}.scram-sha-512.sasl.jaas.config`;
  settings.set('listeners', 'SASL_PLAINTEXT://:9092,OUTSIDE://:9094,CONTROLLER://127.0.0.1:9093');
  settings.set('advertised.listeners', `SASL_PLAINTEXT://${inside},OUTSIDE://${outside}`);
  settings.set(
    'listener.security.protocol.map',
    `${settings.get('listener.security.protocol.map')},OUTSIDE:SASL_PLAINTEXT`,
  );
  settings.set(jaas('outside'), settings.get(jaas('sasl_plaintext')) as string);
  return [...settings].map(([name, value]) => `${name}=${value}\n`).join('');
}
