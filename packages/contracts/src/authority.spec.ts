import {
  EDGES,
  edgeOfValue,
  edgesBetween,
  GRANTS,
  LINKED,
  type LinkedName,
  mayMustMatchPlan,
  OUTSIDE_CAUSES,
  requiredPermits,
  SAYS,
  type Says,
  SERVICES,
  WORDS,
} from './authority';

const OUTSIDE: readonly string[] = OUTSIDE_CAUSES;
const everyWord = LINKED.flatMap((type) => WORDS[type].says.map((says) => ({ type, says })));

describe('the authority table', () => {
  it('names each meaning once and gives every meaning to one message type', () => {
    expect(new Set(SAYS).size).toBe(SAYS.length);
    expect(everyWord.map(({ says }) => says).sort()).toEqual([...SAYS].sort());
    expect(Object.keys(GRANTS)).toEqual([...SERVICES]);
  });

  it('CHAIN-002: has only edges between words that exist', () => {
    for (const edge of EDGES) {
      expect(edge.says.filter((says) => !WORDS[edge.type].says.includes(says))).toEqual([]);
      if (OUTSIDE.includes(edge.cause)) expect(edge.causeSays).toEqual([]);
      else {
        const words = WORDS[edge.cause as LinkedName].says;
        expect(edge.causeSays.length).toBeGreaterThan(0);
        expect(edge.causeSays.filter((says) => !words.includes(says))).toEqual([]);
      }
    }
  });

  it('CHAIN-002: leaves nothing that may be said without a cause', () => {
    const unsayable = everyWord.filter(
      ({ type, says }) => !EDGES.some((e) => e.type === type && e.says.includes(says)),
    );
    // A contract passes VALIDATED in the message that says ELIGIBLE; a decision refused in that state only records it.
    expect(unsayable).toEqual([]);
  });

  it('CHAIN-002: gives effects before records where both lie between the same words', () => {
    const edges = edgesBetween('ReviewDecided', 'REJECT', 'ContractChanged', 'REJECTED');
    expect(edges.map((e) => e.effect)).toEqual([true, false]);
  });

  it.each<[LinkedName, Says, LinkedName, Says]>([
    ['ReviewDecided', 'APPROVE', 'ContractChanged', 'APPROVED'],
    ['ReviewDecided', 'APPROVE', 'ContractChanged', 'ACTIVE'],
    ['ReviewDecided', 'REJECT', 'ContractChanged', 'REJECTED'],
    ['ReviewDecided', 'MODIFY', 'ContractChanged', 'SUPERSEDED'],
    ['CancellationReceived', 'CANCELLED', 'ContractChanged', 'REJECTED'],
    ['ReviewDecided', 'RESOLVE', 'IncidentChanged', 'INCIDENT_RESOLVED'],
  ])(
    'CHAIN-002: tells a refused %s %s from one that took effect, though %s says %s both times',
    (cause, said, type, says) => {
      const [edge] = edgesBetween(cause, said, type, says);
      if (!edge) throw new Error('there is such an edge');
      const moves = { changes: [{ from: 'ELIGIBLE', to: says }] };
      const records = { changes: [{ from: says, to: says }] };
      expect(edgeOfValue(edge, said, says, moves).effect).toBe(true);
      expect(edgeOfValue(edge, said, says, records).effect).toBe(false);
    },
  );

  it('leaves a message its effect where the table knows no record between its words', () => {
    const [edge] = edgesBetween('AuditConcluded', 'ROLLBACK_FAIL', 'IncidentChanged', 'INCIDENT_OPEN');
    if (!edge) throw new Error('there is such an edge');
    expect(edgeOfValue(edge, 'ROLLBACK_FAIL', 'INCIDENT_OPEN', { changes: [{ from: 'OPEN', to: 'OPEN' }] })).toBe(edge);
  });

  it.each<[string, Says, LinkedName, Says]>([
    [
      'PART2-001: no CRM word reaches a contract but a cancellation, and that ends it',
      'CANCELLED',
      'ContractChanged',
      'REJECTED',
    ],
    ['PART2-002: only a founder activates', 'APPROVE', 'ContractChanged', 'ACTIVE'],
    ['PART2-004: only an audit completes', 'PASS', 'ContractChanged', 'COMPLETED'],
    ['SM-004: only an audit fails a contract', 'FAIL', 'ContractChanged', 'FAILED'],
    ['REVIEW-001: only an ELIGIBLE contract is approved', 'ELIGIBLE', 'ReviewDecided', 'APPROVE'],
    ['SM-001: a CHANGE job only for an ACTIVE contract', 'ACTIVE', 'JobChanged', 'JOB_RUNNING'],
    ['SM-004: a ROLLBACK job only for a FAILED contract', 'FAILED', 'JobChanged', 'ROLLBACK_RUNNING'],
    ['SM-005: made final only by a COMPLETED contract', 'COMPLETED', 'CapabilityChanged', 'FINAL'],
  ])('%s', (_what, causeSays, type, says) => {
    const causes = EDGES.filter((e) => e.effect && e.type === type && e.says.includes(says));
    expect(causes.flatMap((e) => e.causeSays)).toContain(causeSays);
    const fromOutside = causes.filter((e) => OUTSIDE.includes(e.cause));
    expect(fromOutside).toEqual([]);
    if (says !== 'REJECTED') expect(causes.flatMap((e) => e.causeSays)).toEqual([causeSays]);
  });

  it('SM-002: audits only a finished job that health has evaluated, or what a founder attests', () => {
    const causes = EDGES.filter((e) => e.type === 'AuditConcluded').flatMap((e) => e.causeSays);
    expect(causes.sort()).toEqual(['ATTEST', 'EVALUATED', 'ROLLBACK_EVALUATED']);
    const evaluated = EDGES.filter((e) => e.type === 'JobEvaluated').flatMap((e) => e.causeSays);
    expect(evaluated.sort()).toEqual(['JOB_DONE', 'JOB_FAILED', 'ROLLBACK_DONE', 'ROLLBACK_FAILED']);
  });

  it('PART2-003: lets nothing but health speak of health, and cite nothing for it', () => {
    expect(WORDS.HealthChanged.writer).toBe('health');
    expect(EDGES.filter((e) => e.type === 'HealthChanged').map((e) => e.cause)).toEqual(['NOTHING']);
  });

  it('PART2-002: asks for MAY and APPROVE wherever something is executed, verified or undone', () => {
    const without = everyWord.filter(({ type, says }) => !requiredPermits(type, says).includes('APPROVE'));
    const executing: LinkedName[] = ['JobChanged', 'JobEvaluated', 'AuditConcluded', 'IncidentChanged'];
    expect(without.filter(({ type }) => executing.includes(type))).toEqual([]);
    expect(without.filter(({ type }) => type === 'CapabilityChanged').map(({ says }) => says)).toEqual(['DEFINED']);
    const contract = without.filter(({ type }) => type === 'ContractChanged').map(({ says }) => says);
    expect(contract).toEqual(['DRAFT', 'VALIDATED', 'ELIGIBLE', 'REJECTED', 'EXPIRED', 'SUPERSEDED']);
  });

  it('asks that a MAY is for the very plan, but where a revision still carries the MAY of its parent', () => {
    expect(mayMustMatchPlan('ContractChanged', 'ELIGIBLE')).toBe(true);
    expect(mayMustMatchPlan('JobChanged', 'JOB_RUNNING')).toBe(true);
    expect(mayMustMatchPlan('ReviewDecided', 'APPROVE')).toBe(true);
    expect(mayMustMatchPlan('ContractChanged', 'DRAFT')).toBe(false);
    expect(mayMustMatchPlan('ProposalMade', 'PROPOSED')).toBe(false);
  });
});
