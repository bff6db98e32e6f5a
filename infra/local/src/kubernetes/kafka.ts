// Strimzi's resources of the topic table: each topic, and each principal with exactly the permissions that are its own.
import type { KafkaAcl, KafkaTopic } from '@mandate/contracts';

const CLUSTER = 'mandate';
const labels = { 'strimzi.io/cluster': CLUSTER };
const RESOURCE_TYPES = { TOPIC: 'topic', GROUP: 'group' };
const PATTERN_TYPES = { LITERAL: 'literal', PREFIXED: 'prefix' };
const OPERATIONS = { READ: 'Read', WRITE: 'Write', DESCRIBE: 'Describe' };

function topic({ name, partitions, config }: KafkaTopic): object {
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaTopic',
    metadata: { name, labels },
    spec: { partitions, replicas: 3, config: { 'min.insync.replicas': '2', ...config } },
  };
}

/** The permissions of one resource as one rule. */
function rules(acls: readonly KafkaAcl[]): object[] {
  const byResource = new Map<string, KafkaAcl[]>();
  for (const acl of acls) {
    const resource = `${acl.resourceType} ${acl.patternType} ${acl.name}`;
    byResource.set(resource, [...(byResource.get(resource) ?? []), acl]);
  }
  return [...byResource.values()].map((same) => {
    const { resourceType, name, patternType } = same[0] as KafkaAcl;
    return {
      type: 'allow',
      resource: { type: RESOURCE_TYPES[resourceType], name, patternType: PATTERN_TYPES[patternType] },
      operations: [...new Set(same.map((acl) => OPERATIONS[acl.operation]))].sort(),
    };
  });
}

function user(name: string, acls: readonly KafkaAcl[]): object {
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaUser',
    metadata: { name, labels },
    spec: {
      authentication: { type: 'scram-sha-512' },
      authorization: { type: 'simple', acls: rules(acls.filter((acl) => acl.principal === name)) },
    },
  };
}

/** All topics, and all users that a permission names. */
export function topicsAndUsers(topics: readonly KafkaTopic[], acls: readonly KafkaAcl[]): object[] {
  const names = [...new Set(acls.map((acl) => acl.principal))];
  return [...topics.map(topic), ...names.map((name) => user(name, acls))];
}
