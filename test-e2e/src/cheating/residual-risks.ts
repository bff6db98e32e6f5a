import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { keyIdOf, rawPublicKey, signStatement } from '@mandate/contracts';
import { citing } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Principal } from './attack';
import { order } from './attacks-contract';
import { changeManifest } from './catalogue';
import { auditOf } from './execution-values';
import { auditSaying, evaluated } from './honest-endings';
import { decisionOn } from './honest-values';

/** Something that Mandate does not stop; `commit` shows it, and where it is noticed all the same. */
export interface Risk {
  readonly by: Principal | 'whoever has the root key' | 'two services together';
  readonly title: string;
  /** Its heading in docs/residual-risks.md. */
  readonly heading: string;
  readonly commit: (arena: Arena) => Promise<() => Promise<boolean> | boolean>;
}

export const RISKS: readonly Risk[] = [
  {
    by: 'ingestion',
    title: 'invents an issue that no CRM sent, and it is taken up',
    heading: 'Ingestion invents or withdraws an issue',
    commit: async (arena) => {
      const issueId = randomUUID();
      await arena.by('ingestion').publish(arena.by('ingestion').make(arena.received(issueId)));
      return () => arena.world.all('ProposalMade').some((m) => m.key === issueId);
    },
  },
  {
    by: 'health',
    title: 'calls healthy what is not, and a founder’s approval passes',
    heading: 'Health says HEALTHY of what is not',
    commit: async (arena) => {
      const seen = await arena.eligible();
      await arena.healthHeard('contract', 'UNHEALTHY');
      await arena.healthHeard('contract', 'HEALTHY'); // the lie: nothing has mended
      await arena.world.publish('review', (await arena.approval(seen)).outgoing);
      return async () => (await arena.size(seen)) !== 1;
    },
  },
  {
    by: 'auditor',
    title: 'passes what it should fail, and the contract completes',
    heading: 'The auditor says PASS of what it should fail',
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      const forger = arena.by('auditor');
      const cites = await evaluated(arena, active, job);
      await forger.publish(forger.make(auditSaying(active, cites, auditOf(active, job.value.job_id, 'PASS'))));
      return async () => (await arena.status(active.key)) === 'COMPLETED';
    },
  },
  {
    by: 'eligibility',
    title: 'says MAY without judging: a founder is asked, and the audit finds it after the approval',
    heading: 'Eligibility says MAY of what may not',
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const forger = arena.by('eligibility');
      await forger.publish(forger.make(arena.may(proposal, proposal.outgoing.value)));
      const sql = "SELECT 1 FROM contracts WHERE issue_id = $1 AND status = 'ELIGIBLE'";
      return async () => (await arena.rows('contract', sql, [proposal.issueId])).length > 0;
    },
  },
  {
    by: 'contract',
    title: 'dates an approval back that came too late, inside the window that the founder signed',
    heading: 'The contract service dates an approval back',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const approval = await arena.approval(seen, { not_after: Date.now() - 60_000 });
      const carried = { ...approval.carried, approved_at: Date.now() - 120_000 };
      const ordered = await order(arena, seen, approval, { approval: carried });
      return () => ordered.happened();
    },
  },
  {
    by: 'executor',
    title: 'changes a capability by its own database, without a word, and applications read it',
    heading: 'The executor acts without a message',
    commit: async (arena) => {
      const { capability } = arena.change();
      await arena.asRole('executor', `UPDATE capabilities SET "values" = '{"size":9}' WHERE capability = $1`, [
        capability,
      ]);
      const url = `${arena.url('executor')}/ofrep/v1/evaluate/flags/${capability}.size`;
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"context":{}}' };
      return async () => ((await (await fetch(url, init)).json()) as { value?: unknown }).value === 9;
    },
  },
  {
    by: 'review',
    title: 'withholds what a founder decided, and nobody can tell until something follows it',
    heading: 'Withholding',
    commit: async (arena) => {
      const seen = await arena.eligible();
      await arena.approval(seen); // signed and said, and not published
      const note = { ...decisionOn(seen, 'NOTE', arena.world.founder.founder), reason: 'still here' };
      const isRecorded = async () => (await arena.recorded(seen.key)).includes('NOTE');
      const next = { ...arena.decision(seen, 'NOTE', note), version: 1 };
      await arena.world.say('review', next);
      return async () => (await isRecorded()) && !(await arena.findings()).some((f) => f.sentence.includes(seen.key));
    },
  },
  {
    by: 'two services together',
    title: 'validator and eligibility put a harmful plan before the founder',
    heading: 'Collusion',
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change(9)]); // both keys used as no honest service would
      await arena.world.say('eligibility', arena.may(proposal, proposal.outgoing.value));
      const sql = "SELECT 1 FROM contracts WHERE issue_id = $1 AND status = 'ELIGIBLE'";
      return async () => (await arena.rows('contract', sql, [proposal.issueId])).length > 0;
    },
  },
  {
    by: 'whoever has the root key',
    title: 'enrols a founder’s key of its own, and approves',
    heading: 'A stolen root key',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const { founder } = arena.world.founder;
      const { privateKey } = generateKeyPairSync('ed25519');
      const public_key = rawPublicKey(privateKey).toString('base64');
      const thief = { founder, key_id: keyIdOf(privateKey), kind: 'ed25519' as const, public_key };
      changeManifest(arena.world, (manifest) => ({ ...manifest, founders: [...manifest.founders, thief] }));
      const { value } = await arena.approval(seen);
      const statement = JSON.parse((value.statement as Buffer).toString());
      const decided = { ...value, signature: signStatement(statement, privateKey), key_id: thief.key_id };
      const say = () =>
        arena.world.say('review', {
          ...arena.decision(seen, 'APPROVE', { ...decided, idempotency_key: randomUUID() }),
          cites: citing(seen),
        });
      let saidAt = 0;
      return async () => {
        // Until the services have read the manifest, in a quarter of a second here.
        if (saidAt === 0 || performance.now() - saidAt > 500) {
          saidAt = performance.now();
          await say();
        }
        return (await arena.size(seen)) !== 1;
      };
    },
  },
];
