import { SCHEMAS } from '@mandate/schemas';
import { EACH, LINKED, maySay, SERVICES, WORDS } from './authority';
import { newId } from './ids';
import { REFUSAL_CODES, refusalSentence } from './refusals';
import { deadLetterTopic, groupId, kafkaAcls, kafkaTopics, readingsOf, TOPICS, topicOf } from './topics';

const OUTSIDERS = ['crm', 'observer'];
const principals = [...SERVICES, ...OUTSIDERS];
const acls = kafkaAcls();
const may = (principal: string, operation: string, topic: string): boolean =>
  acls.some(
    (a) => a.principal === principal && a.operation === operation && a.resourceType === 'TOPIC' && a.name === topic,
  );
const names = [...TOPICS.map((t) => t.name), ...SERVICES.map(deadLetterTopic)];

describe('the topic table', () => {
  it('CHAIN-001: gives each message one topic, written by the one service that may say it', () => {
    for (const message of LINKED.filter((name) => WORDS[name].writer !== EACH)) {
      expect(TOPICS.filter((t) => t.messages.includes(message))).toHaveLength(1);
      expect(topicOf(message).writer).toBe(WORDS[message].writer);
      expect(SERVICES.filter((service) => maySay(service, message))).toEqual([WORDS[message].writer]);
    }
    expect(topicOf('CrmIssue').writer).toBe('crm');
    expect(() => topicOf('DeadLetter')).toThrow(TypeError);
  });

  it('CHAIN-001: gives what each service says of itself a topic for each, with that service as its one writer', () => {
    expect(LINKED.filter((name) => WORDS[name].writer === EACH)).toEqual(['OperatorActed']);
    const topics = TOPICS.filter((t) => t.messages.includes('OperatorActed'));
    expect(topics.map((t) => t.writer)).toEqual([...SERVICES]);
    for (const service of SERVICES) {
      expect(maySay(service, 'OperatorActed')).toBe(true);
      expect(topicOf('OperatorActed', service)).toMatchObject({
        name: `mandate.operators.${service}.v1`,
        writer: service,
      });
    }
  });

  it('has a schema for every message, and room for it on the broker', () => {
    const known = new Set(SCHEMAS.map((s) => s.name));
    expect(TOPICS.flatMap((t) => t.messages).filter((m) => !known.has(m))).toEqual([]);
    for (const topic of TOPICS) {
      const planned = kafkaTopics(3).find((t) => t.name === topic.name);
      expect(Number(planned?.config['max.message.bytes'])).toBeGreaterThan(topic.valueBytesMax);
      expect(planned?.partitions).toBe(topic.isSinglePartition ? 1 : 3);
    }
  });

  it('keeps what a contract rests on for ever', () => {
    const forgetful = TOPICS.filter((t) => t.key === 'contract' && t.keptMs !== 'for ever').map((t) => t.name);
    expect(forgetful).toEqual(['mandate.clarifications.v1']);
  });

  it('lets a reader handle only messages of its topic, and each of them in one way', () => {
    for (const topic of TOPICS) {
      for (const reader of topic.readers) {
        expect((reader.messages ?? []).filter((m) => !topic.messages.includes(m))).toEqual([]);
      }
      const ways = topic.readers.flatMap((r) =>
        (r.messages ?? topic.messages).map((m) => `${r.service} ${r.mode} ${m}`),
      );
      expect(new Set(ways).size).toBe(ways.length);
    }
  });

  it('EVID-001: lets the auditor keep every topic but outsiders’ and the dead letters', () => {
    const kept = readingsOf('auditor').filter(({ reader }) => reader.mode === 'evidence');
    const own = TOPICS.filter((t) => t.name.startsWith('mandate.')).map((t) => t.name);
    expect(kept.map(({ topic }) => topic.name).sort()).toEqual(own.sort());
  });
});

describe('the broker permissions', () => {
  it('CHAIN-001: let exactly one principal write each topic', () => {
    for (const name of names) {
      const writers = principals.filter((p) => may(p, 'WRITE', name));
      const topic = TOPICS.find((t) => t.name === name);
      const deadLettersOf = SERVICES.filter((s) => deadLetterTopic(s) === name);
      expect(writers).toEqual(topic ? [topic.writer] : deadLettersOf);
    }
  });

  it('CHAIN-001: let a service read what its rows say and nothing else', () => {
    for (const name of names) {
      const rows = TOPICS.find((t) => t.name === name)?.readers.map((r) => r.service) ?? [];
      expect(SERVICES.filter((s) => may(s, 'READ', name))).toEqual(SERVICES.filter((s) => rows.includes(s)));
    }
  });

  it('PART2-001: let a CRM publish issues, read updates and nothing else', () => {
    expect(names.filter((name) => may('crm', 'WRITE', name))).toEqual(['crm.issues.v1']);
    expect(names.filter((name) => may('crm', 'READ', name))).toEqual(['crm.updates.v1']);
  });

  it('PART2-003: let nobody but health write health', () => {
    expect(principals.filter((p) => may(p, 'WRITE', 'mandate.health.v1'))).toEqual(['health']);
  });

  it('give each service groups of its own, and no principal a pattern over topics', () => {
    const groups = acls.filter((a) => a.resourceType === 'GROUP');
    for (const service of SERVICES) {
      for (const kind of ['decide', 'facts'] as const) {
        const holders = groups.filter((g) => g.operation === 'READ' && groupId(service, kind).startsWith(g.name));
        expect(holders.map((g) => g.principal)).toEqual([service]);
      }
    }
    expect(acls.filter((a) => a.resourceType === 'TOPIC' && a.patternType !== 'LITERAL')).toEqual([]);
    expect(new Set(acls.map((a) => JSON.stringify(a))).size).toBe(acls.length);
  });
});

describe('small words', () => {
  it('time-ordered ids sort as their times', () => {
    const ids = [1_000, 2_000, 1_790_000_000_000].map(newId);
    expect([...ids].sort()).toEqual(ids);
  });

  it('every refusal code has a sentence for a person', () => {
    for (const code of REFUSAL_CODES) expect(refusalSentence(code)).toMatch(/^[A-Z].{10,}\.$/);
  });
});
