import { setTimeout as sleep } from 'node:timers/promises';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  ConfigResourceTypes,
  type Kafka,
  ResourcePatternTypes,
} from 'kafkajs';

/** A topic as plain data. `config` holds topic settings such as `retention.ms`. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** One permission of one user (a user without any has none). `operation` is Kafka's word: READ, WRITE, DESCRIBE … */
export interface AclPlan {
  readonly principal: string;
  readonly resourceType: 'TOPIC' | 'GROUP';
  readonly name: string;
  readonly patternType: 'LITERAL' | 'PREFIXED';
  readonly operation: string;
}

const visibleWithinMs = 20_000;

/**
 * Makes the broker's topics equal the plan: creates what is missing, adds partitions, sets configs that differ.
 * Topics that the plan does not name are left alone. Resolves when every topic has its partitions and leaders.
 */
export async function applyTopics(kafka: Kafka, topics: readonly TopicPlan[]): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const present = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !present.has(topic.name));
    if (missing.length > 0) await createTopics(admin, missing);
    await pollUntil('every topic has its leaders', () => topicsAreThere(admin, topics, (found) => found > 0));
    await addPartitions(admin, topics);
    await pollUntil('every topic has its partitions', () =>
      topicsAreThere(admin, topics, (found, wanted) => found >= wanted),
    );
    await setConfigs(
      admin,
      topics.filter((topic) => present.has(topic.name)),
    );
  });
}

async function createTopics(admin: Admin, topics: readonly TopicPlan[]): Promise<void> {
  try {
    // waitForLeaders would fail: the broker's metadata lags behind the controller's answer.
    await admin.createTopics({
      waitForLeaders: false,
      topics: topics.map(({ name, partitions, config }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
      })),
    });
  } catch (error) {
    // Another process may have created them since they were listed.
    const errors = (error as { errors?: { type?: string }[] }).errors ?? [error as { type?: string }];
    if (!errors.every((each) => each.type === 'TOPIC_ALREADY_EXISTS')) throw error;
  }
}

async function topicsAreThere(
  admin: Admin,
  topics: readonly TopicPlan[],
  isEnough: (found: number, wanted: number) => boolean,
): Promise<boolean> {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics: topics.map((topic) => topic.name) });
    const byName = new Map(metadata.topics.map((topic) => [topic.name, topic.partitions]));
    return topics.every(({ name, partitions }) => {
      const found = byName.get(name) ?? [];
      return isEnough(found.length, partitions) && found.every((partition) => partition.leader >= 0);
    });
  } catch {
    return false;
  }
}

async function addPartitions(admin: Admin, topics: readonly TopicPlan[]): Promise<void> {
  const metadata = await admin.fetchTopicMetadata({ topics: topics.map((topic) => topic.name) });
  const counts = new Map(metadata.topics.map((topic) => [topic.name, topic.partitions.length]));
  const topicPartitions = topics
    .filter(({ name, partitions }) => (counts.get(name) ?? 0) < partitions)
    .map(({ name, partitions }) => ({ topic: name, count: partitions }));
  if (topicPartitions.length > 0) await admin.createPartitions({ topicPartitions });
}

async function setConfigs(admin: Admin, topics: readonly TopicPlan[]): Promise<void> {
  if (topics.length === 0) return;
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ name }) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const current = new Map(
    described.resources.map((resource) => [
      resource.resourceName,
      new Map(resource.configEntries.map((entry) => [entry.configName, entry.configValue])),
    ]),
  );
  const differing = topics.filter(({ name, config }) =>
    Object.entries(config).some(([key, value]) => current.get(name)?.get(key) !== value),
  );
  if (differing.length === 0) return;
  await admin.alterConfigs({
    validateOnly: false,
    resources: differing.map(({ name, config }) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    })),
  });
}

/**
 * Makes the broker's ACLs contain the plan and, unless `keepOthers`, nothing else. Resolves when the broker shows it.
 *
 * @param keepOthers  leaves ACLs that the plan does not hold, for tests that share a broker
 */
export async function applyAcls(
  kafka: Kafka,
  acls: readonly AclPlan[],
  { keepOthers = false }: { keepOthers?: boolean } = {},
): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const wanted = new Map(acls.map((acl) => [keyOf(acl), acl]));
    const present = await describeAcls(admin);
    const missing = [...wanted].filter(([key]) => !present.has(key)).map(([, acl]) => acl);
    const obsolete = keepOthers ? [] : [...present].filter(([key]) => !wanted.has(key)).map(([, acl]) => acl);
    if (missing.length > 0) await admin.createAcls({ acl: missing.map(toEntry) });
    if (obsolete.length > 0) await admin.deleteAcls({ filters: obsolete.map(toEntry) });
    await pollUntil('the ACLs are visible', async () => {
      const shown = await describeAcls(admin);
      return [...wanted.keys()].every((key) => shown.has(key)) && obsolete.every((acl) => !shown.has(keyOf(acl)));
    });
  });
}

function keyOf({ principal, resourceType, name, patternType, operation }: AclPlan): string {
  return [principal, resourceType, name, patternType, operation].join(' ');
}

function toEntry({ principal, resourceType, name, patternType, operation }: AclPlan) {
  return {
    resourceType: AclResourceTypes[resourceType],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes[patternType],
    principal: `User:${principal}`,
    host: '*',
    operation: AclOperationTypes[operation as keyof typeof AclOperationTypes],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

async function describeAcls(admin: Admin): Promise<Map<string, AclPlan>> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  });
  const plans = resources.flatMap((resource) =>
    resource.acls.map(
      (acl): AclPlan => ({
        principal: acl.principal.replace(/^User:/, ''),
        resourceType: wordOf(AclResourceTypes, resource.resourceType) as AclPlan['resourceType'],
        name: resource.resourceName,
        patternType: wordOf(ResourcePatternTypes, resource.resourcePatternType) as AclPlan['patternType'],
        operation: wordOf(AclOperationTypes, acl.operation),
      }),
    ),
  );
  return new Map(plans.map((plan) => [keyOf(plan), plan]));
}

/** kafkajs has its words as plain objects, without the way back from a number that its types promise. */
function wordOf(words: object, code: number): string {
  return Object.entries(words).find(([, value]) => value === code)?.[0] ?? String(code);
}

/** Asks the broker something over a connection of its own. */
export async function withAdmin(kafka: Kafka, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function pollUntil(fact: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + visibleWithinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs)
      throw new Error(`Kafka did not get there in ${visibleWithinMs / 1000} s: ${fact}.`);
    await sleep(25);
  }
}
