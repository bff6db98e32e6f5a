import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@mandate/contracts';
import { encode } from '@mandate/schemas';
import type { RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { anIssue } from './an-issue';
import { Behaviour, EchoModule } from './echo';

jest.setTimeout(60_000);

describe('the hop on a real broker and database', () => {
  let world: World;
  let service: RunningService;
  let behaviour: Behaviour;

  beforeAll(async () => {
    world = await World.open();
    await world.seed();
    const tokens = join(world.keysDir, 'operators.json');
    writeFileSync(tokens, JSON.stringify([{ token_sha256: sha256('token').toString('hex'), operator: 'sam' }]));
    service = await world.start('validator', EchoModule, { OPERATOR_TOKENS_FILE: tokens });
    behaviour = service.app.get(Behaviour);
  });
  afterAll(() => world.close());

  const ask = async (method: string, path: string, body?: object, token = 'token'): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${service.port}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return response.json();
  };
  const proposalFor = (issueId: string) => world.next('ProposalMade', (m) => m.value.issue_id === issueId);

  it('CHAIN-002: says a proposal that proves its cause', async () => {
    const said = await world.say('ingestion', anIssue('first'));
    const proposal = await proposalFor(said.key);
    expect(proposal.link).toMatchObject({ writer: 'validator', says: 'PROPOSED' });
  });

  it('FLOW-002: takes the same message twice as one', async () => {
    const said = await world.say('ingestion', anIssue('twice'));
    await world.send('ingestion', said.topic, said.key, said.value, { mandate: said.mandate });
    const after = await world.say('ingestion', anIssue('after twice', said.key, 2));
    await proposalFor(said.key);
    await proposalFor(after.key);
    expect(world.all('ProposalMade').filter((m) => m.value.title === 'twice')).toHaveLength(1);
  });

  it('FLOW-004: parks a message that can never work, holds its key and lets other keys go on; a re-drive goes in order', async () => {
    behaviour.permanent.add('held');
    const held = await world.say('ingestion', anIssue('held'));
    await world.say('ingestion', anIssue('behind it', held.key, 2));
    const other = await world.say('ingestion', anIssue('other key'));
    await proposalFor(other.key);
    await expect(
      world.next('DeadLetter', (m) => m.key === held.key && m.value.code === 'NO_GOOD'),
    ).resolves.toBeDefined();
    await expect(world.next('DeadLetter', (m) => m.key === held.key && m.value.code === 'HELD')).resolves.toBeDefined();

    behaviour.permanent.clear();
    await expect(ask('GET', 'api/v1/parked')).resolves.toMatchObject({
      parked: [
        { key: held.key, code: 'HELD' },
        { key: held.key, code: 'NO_GOOD' },
      ],
    });
    const order = { topic: 'mandate.issues.v1', key: held.key };
    await expect(ask('POST', 'api/v1/parked/redrive', order)).resolves.toMatchObject({ field: 'reason' });
    const reasoned = { ...order, reason: 'the handler was mended' };
    await expect(ask('POST', 'api/v1/parked/redrive', reasoned, 'a wrong token')).resolves.toMatchObject({
      status: 401,
    });
    await expect(ask('POST', 'api/v1/parked/redrive', reasoned)).resolves.toEqual({ redriven: 2, left: 0 });
    expect((await proposalFor(held.key)).value.title).toBe('held');
    expect((await proposalFor(held.key)).value.title).toBe('behind it');
  });

  it('parks a bug after five tries alone', async () => {
    behaviour.bug.add('buggy');
    const buggy = await world.say('ingestion', anIssue('buggy'));
    const fine = await world.say('ingestion', anIssue('beside the bug'));
    await proposalFor(fine.key);
    await expect(world.next('DeadLetter', (m) => m.key === buggy.key)).resolves.toMatchObject({
      value: { code: 'BUG' },
    });
  });

  it('FLOW-004, AM-18: one parked message is given up with a reason, and what waited behind it is taken', async () => {
    behaviour.permanent.add('hopeless');
    const hopeless = await world.say('ingestion', anIssue('hopeless'));
    await world.say('ingestion', anIssue('behind the hopeless', hopeless.key, 2));
    await world.next('DeadLetter', (m) => m.key === hopeless.key && m.value.code === 'HELD');
    const { parked } = (await ask('GET', 'api/v1/parked')) as {
      parked: { key: string; code: string; topic: string; partition: number; offset: string }[];
    };
    const found = parked.find((p) => p.key === hopeless.key && p.code === 'NO_GOOD');
    const place = { topic: found?.topic, partition: found?.partition, offset: found?.offset };
    const tooShort = { ...place, reason: 'no use' };
    await expect(ask('POST', 'api/v1/parked/discard', tooShort)).resolves.toMatchObject({ field: 'reason' });
    const reasoned = { ...place, reason: 'the requestor has withdrawn it' };
    await expect(ask('POST', 'api/v1/parked/discard', reasoned)).resolves.toEqual({ discarded: 1, left: 1 });
    await expect(ask('POST', 'api/v1/parked/discard', reasoned)).resolves.toMatchObject({ code: 'NOT_PARKED' });
    const order = { topic: 'mandate.issues.v1', key: hopeless.key, reason: 'what held it is gone' };
    await expect(ask('POST', 'api/v1/parked/redrive', order)).resolves.toEqual({ redriven: 1, left: 0 });
    expect((await proposalFor(hopeless.key)).value.title).toBe('behind the hopeless');
  });

  it('CHAIN-003: sets a forged message aside without holding its key', async () => {
    const genuine = await world.say('ingestion', anIssue('genuine'));
    await proposalFor(genuine.key);
    const altered = encode('IssueReceived', { ...anIssue('x', genuine.key).value, subject: 'altered' });
    await world.send('ingestion', genuine.topic, genuine.key, altered, { mandate: genuine.mandate });
    await world.send('ingestion', genuine.topic, genuine.key, Buffer.from('no mandate at all'));
    await expect(
      world.next('DeadLetter', (m) => m.key === genuine.key && m.value.code === 'VALUE_ALTERED'),
    ).resolves.toMatchObject({ value: { kind: 'SET_ASIDE' } });
    await expect(
      world.next('DeadLetter', (m) => m.key === genuine.key && m.value.code === 'NO_MANDATE'),
    ).resolves.toMatchObject({ value: { kind: 'SET_ASIDE' } });
    await world.say('ingestion', anIssue('next of its key', genuine.key, 2));
    expect((await proposalFor(genuine.key)).value.title).toBe('next of its key');
  });

  it('FLOW-004: a record whose headers have names that every object has stops nobody', async () => {
    const key = anIssue('odd').key;
    const odd = Object.fromEntries(['__proto__', 'constructor', 'toString'].map((name) => [name, 'x']));
    await world.send('ingestion', 'mandate.issues.v1', key, Buffer.from('odd'), odd);
    await world.next('DeadLetter', (m) => m.key === key && m.value.code === 'NO_MANDATE');
    await world.say('ingestion', anIssue('behind the odd', key));
    expect((await proposalFor(key)).value.title).toBe('behind the odd');
  });

  it('handles a load in batches', async () => {
    const before = behaviour.batches;
    const many = Array.from({ length: 300 }, (_, i) => anIssue(`load ${i}`));
    await Promise.all(many.map((m) => world.say('ingestion', m)));
    for (const m of many) await proposalFor(m.key);
    expect(behaviour.batches - before).toBeLessThan(300);
  });
});
