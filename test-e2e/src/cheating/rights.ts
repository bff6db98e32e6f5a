import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, ResourcePatternTypes } from 'kafkajs';
import type { World } from '../../../infra/local/src/testing/world';

const entries = (user: string, topic: string) =>
  [AclOperationTypes.WRITE, AclOperationTypes.DESCRIBE].map((operation) => ({
    resourceType: AclResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation,
    permissionType: AclPermissionTypes.ALLOW,
  }));

/** Switches CHAIN-001 off for one user and topic: the broker lets it write there. */
export async function grant(world: World, user: string, topic: string): Promise<void> {
  await withAdmin(world, async (admin) => {
    await admin.createAcls({ acl: entries(user, topic) });
    await shown(admin, user, topic, 2);
  });
}

export async function revoke(world: World, user: string, topic: string): Promise<void> {
  await withAdmin(world, async (admin) => {
    await admin.deleteAcls({ filters: entries(user, topic) });
    await shown(admin, user, topic, 0);
  });
}

/** Waits until the broker itself counts so many rights. */
async function shown(admin: Admin, user: string, topic: string, count: number): Promise<void> {
  const filter = entries(user, topic)[0] as ReturnType<typeof entries>[number];
  for (const until = performance.now() + 20_000; ; ) {
    const { resources } = await admin.describeAcls({ ...filter, operation: AclOperationTypes.ANY });
    if (resources.flatMap((r) => r.acls).length === count) return;
    if (performance.now() > until) throw new Error(`the rights of ${user} on ${topic} have not become ${count}`);
    await new Promise((r) => setTimeout(r, 25));
  }
}

async function withAdmin(world: World, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = world.servers.kafka('admin').admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}
