// What may talk to whom. Services meet on the broker's topics only (CHAIN-001), so none may reach another: each reaches
// names, the broker, its database and what its own work is about; each is reached by who uses it.
import { SERVICES, type Service } from '@mandate/contracts';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';

type Spec = NonNullable<INetworkPolicy['spec']>;
type Egress = NonNullable<Spec['egress']>[number];
type Peer = NonNullable<Egress['to']>[number];

const partOf = { 'app.kubernetes.io/part-of': 'mandate' };
const pods = (labels: Record<string, string>): Peer => ({ podSelector: { matchLabels: labels } });
const namespace = (name: string): Peer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP' as const, port }));
/** Outside the cluster: no private range, none of the addresses by which clouds tell machines their secrets. */
const outside: Peer = {
  ipBlock: {
    cidr: '0.0.0.0/0',
    except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '127.0.0.0/8'],
  },
};

const NAMES: Egress = { to: [namespace('kube-system')], ports: [{ protocol: 'UDP', port: 53 }, ...tcp(53)] };
const BROKER: Egress = {
  to: [pods({ 'strimzi.io/cluster': 'mandate', 'strimzi.io/kind': 'Kafka' })],
  ports: tcp(9093),
};
const DATABASE: Egress = { to: [pods({ 'app.kubernetes.io/name': 'postgresql' })], ports: tcp(5432) };
const TRACES: Egress = { to: [namespace('monitoring')], ports: tcp(4318) };

/** Who uses a service over HTTP, and what beside broker and database its own work reaches. */
interface Own {
  readonly usedFrom?: readonly string[];
  readonly reaches?: readonly Egress[];
}
const OWN: Readonly<Partial<Record<Service, Own>>> = {
  ingestion: { usedFrom: ['ingress'] },
  review: { usedFrom: ['ingress'], reaches: [{ to: [outside], ports: tcp(443, 465, 587) }] },
  executor: {
    usedFrom: ['applications'],
    reaches: [{ to: [outside, namespace('applications')], ports: tcp(443, 8443) }],
  },
  health: {
    usedFrom: ['monitoring'],
    reaches: [
      { to: [outside, namespace('applications')], ports: tcp(443, 8443, 8080) },
      { to: [namespace('monitoring')], ports: tcp(9090) },
    ],
  },
  auditor: { usedFrom: ['ingress'] },
};

function policy(name: string, spec: Spec): INetworkPolicy {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, labels: partOf }, spec };
}

function ofService(service: Service): INetworkPolicy {
  const { usedFrom = [], reaches = [] } = OWN[service] ?? {};
  const from = [...new Set(['monitoring', ...usedFrom])].map(namespace);
  return policy(service, {
    podSelector: { matchLabels: { 'app.kubernetes.io/name': service, ...partOf } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from, ports: tcp(8080) }],
    egress: [NAMES, BROKER, DATABASE, TRACES, ...reaches],
  });
}

function ofMigration(service: Service): INetworkPolicy {
  return policy(`migrate-${service}`, {
    podSelector: { matchLabels: { 'app.kubernetes.io/name': `migrate-${service}`, ...partOf } },
    policyTypes: ['Ingress', 'Egress'],
    egress: [NAMES, DATABASE],
  });
}

/** Nothing is allowed but what is said for each. */
export function networkPolicies(): INetworkPolicy[] {
  return [
    policy('nothing-else', { podSelector: { matchLabels: partOf }, policyTypes: ['Ingress', 'Egress'] }),
    ...SERVICES.flatMap((service) => [ofService(service), ofMigration(service)]),
  ];
}
