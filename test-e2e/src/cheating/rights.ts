import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, ResourcePatternTypes } from 'kafkajs';
import { withAdmin } from '../../../infra/local/src/kafka-admin';
import type { World } from '../../../infra/local/src/testing/world';

const WRITE = AclOperationTypes.WRITE;
const entry = (user: string, topic: string) => ({
  resourceType: AclResourceTypes.TOPIC,
  resourceName: topic,
  resourcePatternType: ResourcePatternTypes.LITERAL,
  principal: `User:${user}`,
  host: '*',
  operation: WRITE, // which lets a user see the topic as well
  permissionType: AclPermissionTypes.ALLOW,
});

/** Switches CHAIN-001 off for one user and topic: the broker lets it write there. */
export async function grant(world: World, user: string, topic: string): Promise<void> {
  await withAdmin(world.servers.kafka('admin'), async (admin) => {
    await admin.createAcls({ acl: [entry(user, topic)] });
    await shown(admin, user, topic, 1);
  });
}

export async function revoke(world: World, user: string, topic: string): Promise<void> {
  await withAdmin(world.servers.kafka('admin'), async (admin) => {
    await admin.deleteAcls({ filters: [entry(user, topic)] });
    await shown(admin, user, topic, 0);
  });
}

const MOVED = `UPDATE contracts c SET issue_id = gen_random_uuid() WHERE EXISTS (SELECT FROM contracts o
  WHERE o.issue_id = c.issue_id AND o.revision = c.revision AND o.contract_id < c.contract_id)`;

/** Rules of a database: how its owner takes them away and puts them back, having moved what they would not let stand. */
export const RULES = {
  'one contract per revision': {
    service: 'contract',
    off: [
      'ALTER TABLE contracts DROP CONSTRAINT one_contract_per_revision',
      'ALTER TABLE verdicts_used DROP CONSTRAINT "PART2-001 a verdict is used once"',
    ],
    on: [
      'ALTER TABLE contracts DISABLE TRIGGER USER',
      MOVED,
      'ALTER TABLE contracts ENABLE TRIGGER USER',
      'ALTER TABLE contracts ADD CONSTRAINT one_contract_per_revision UNIQUE (issue_id, revision)',
      `DELETE FROM verdicts_used u USING verdicts_used o WHERE o.issue_id = u.issue_id AND o.revision = u.revision AND o.digest < u.digest`,
      'ALTER TABLE verdicts_used ADD CONSTRAINT "PART2-001 a verdict is used once" PRIMARY KEY (issue_id, revision)',
    ],
  },
} as const;
export type RuleId = keyof typeof RULES;

/** Waits until the broker itself counts so many rights to write. */
async function shown(admin: Admin, user: string, topic: string, count: 0 | 1): Promise<void> {
  for (const until = performance.now() + 20_000; ; ) {
    const { resources } = await admin.describeAcls(entry(user, topic));
    if (resources.flatMap((r) => r.acls).length === count) return;
    if (performance.now() > until) throw new Error(`the rights of ${user} on ${topic} have not become ${count}`);
    await new Promise((r) => setTimeout(r, 25));
  }
}
