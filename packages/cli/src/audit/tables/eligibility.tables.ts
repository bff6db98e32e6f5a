import { canonicalJson, changeFromWire, isTerminal, sha256, targetsOf } from '@mandate/contracts';
import type { ContractChanged, EligibilityJudged, ProposalMade } from '@mandate/schemas';
import { type ServiceTables, table } from '../table';
import { isA, type Said, type Told } from '../told';
import { each, newest, type Of, read } from './recorded';
import { OUTSIDE_OF_EVERY_HOP, referenceTables } from './reference.tables';

interface Facts {
  readonly system_health: string;
  readonly capabilities: readonly { readonly name: string; readonly frozen: boolean }[];
}

const factsOf = ({ facts }: EligibilityJudged): Facts => JSON.parse(facts) as Facts;
const failing = ({ rules }: EligibilityJudged) => rules.filter((r) => !r.passed);

const VERDICTS = table<Of<'EligibilityJudged'>>({
  name: 'verdicts',
  key: ['issue_id', 'revision'],
  told: each('EligibilityJudged'),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    revision: ({ by }) => by.value.revision,
    contract_id: ({ by }) => by.value.contract_id,
    verdict: ({ by }) => by.value.verdict,
    first_failing_rule: ({ by }) => by.value.first_failing_rule,
    failing_rules: ({ by }) => failing(by.value).map((r) => r.id),
    needs: ({ by }) => canonicalJson(failing(by.value).map((r) => r.need && read(r.need))),
    facts: ({ by }) => by.value.facts,
    system_health: ({ by }) => factsOf(by.value).system_health,
    frozen: ({ by }) =>
      factsOf(by.value)
        .capabilities.filter((c) => c.frozen)
        .map((c) => c.name),
    proposal: ({ by }) => by.value.proposal,
    proposal_digest: ({ by }) => by.link.causeDigest,
    plan_digest: ({ by }) => by.link.planDigest,
    verdict_digest: ({ by }) => sha256(by.bytes),
    rules_version: ({ by }) => by.value.rules_version,
    registry_version: ({ by }) => by.value.registry_version,
    health_version: ({ by }) => by.value.health_version,
    judged_at: ({ by }) => by.value.judged_at,
  },
  untold: {},
});

const WAITING = table<Of<'ProposalMade'>>({
  name: 'waiting_proposals',
  key: ['issue_id', 'revision'],
  told: (told) => each('ProposalMade')(told).filter(({ by }) => told.answersTo(by).length === 0),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    revision: ({ by }) => by.value.revision,
    value: ({ by }) => by.bytes,
    mandate: ({ by }) => by.header,
  },
  untold: { seq: 'the order of arrival here', waiting_since: "this service's clock" },
  mayLack: () => true,
});

type Changed = Said<'ContractChanged'>;

/** The newest contract of each issue: the highest revision, then the highest version. */
function linesIn(told: Told): readonly { readonly by: Changed }[] {
  const lines = new Map<string, Changed>();
  for (const m of told.of('ContractChanged')) {
    const before = lines.get(m.value.issue_id)?.value;
    const isNewer = !before || rank(before) < rank(m.value);
    if (isNewer) lines.set(m.value.issue_id, m);
  }
  return [...lines.values()].map((by) => ({ by }));
}

const rank = ({ revision, version }: ContractChanged): number => revision * 2 ** 40 + version;
const isOver = ({ status }: ContractChanged): boolean => status !== 'UNKNOWN' && isTerminal(status);
const mayAt = ({ may, value }: Changed): number => may?.time ?? value.created_at;
const targetsIn = (changes: ContractChanged['proposed_changes']): readonly string[] =>
  [...new Set(changes.map(changeFromWire).flatMap(targetsOf))].sort();

const LINES = table<Of<'ContractChanged'>>({
  name: 'lines',
  key: ['issue_id'],
  told: linesIn,
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    contract_id: ({ by }) => by.value.contract_id,
    revision: ({ by }) => by.value.revision,
    version: ({ by }) => by.value.version,
    is_over: ({ by }) => isOver(by.value),
    is_judged: ({ by }) => by.value.verdict !== null,
    successor_id: ({ by }) => (by.value.status === 'SUPERSEDED' ? by.value.successor_contract_id : null),
    targets: ({ by }) => targetsIn(by.value.proposed_changes),
    may_at: ({ by }) => mayAt(by),
  },
  untold: {},
});

/** A target that a line holds, or may still hold. */
interface Reservation {
  readonly by: Said;
  readonly target: string;
  readonly issueId: string;
  /** Null: the MAY has no contract yet. */
  readonly contractId: string | null;
  readonly since: number;
  readonly isRequired: boolean;
}

/**
 * An open contract holds its targets (E-006); a revision that has no verdict yet goes on with its parent's, and a MAY
 * without a contract holds what it took until that lapses.
 */
function reservationsIn(told: Told): readonly Reservation[] {
  const held = linesIn(told).flatMap(({ by }): Reservation[] => {
    const { issue_id: issueId, contract_id, successor_contract_id: successor, status } = by.value;
    if (isOver(by.value) && status !== 'SUPERSEDED') return [];
    const contractId = status === 'SUPERSEDED' ? successor : contract_id;
    const isRequired = status !== 'SUPERSEDED';
    return targetsIn(by.value.proposed_changes).map((target) => {
      return { by, target, issueId, contractId, since: mayAt(by), isRequired };
    });
  });
  return [...held, ...inherited(told), ...withoutContract(told)];
}

function inherited(told: Told): Reservation[] {
  return linesIn(told).flatMap(({ by }) => {
    const { parent_contract_id: parent, verdict, issue_id: issueId, contract_id: contractId } = by.value;
    if (parent === null || verdict !== null || isOver(by.value)) return [];
    const before = told.lives('ContractChanged').get(parent)?.at(-1)?.value.proposed_changes ?? [];
    return targetsIn(before).map((target) => {
      return { by, target, issueId, contractId, since: mayAt(by), isRequired: false };
    });
  });
}

function withoutContract(told: Told): Reservation[] {
  const fresh = told
    .of('EligibilityJudged')
    .filter((m) => m.link.says === 'MAY' && !told.answersTo(m).some((a) => isA('ContractChanged', a)));
  return fresh.flatMap((by) => {
    const proposal = told.causeOf(by);
    const changes = isA('ProposalMade', proposal) ? (proposal.value as ProposalMade).suggested_changes : [];
    return targetsIn(changes).map((target) => {
      const { issue_id: issueId, contract_id: contractId, judged_at: since } = by.value;
      return { by, target, issueId, contractId, since, isRequired: false };
    });
  });
}

const RESERVATIONS = table<Reservation>({
  name: 'reservations',
  key: ['target', 'issue_id'],
  told: reservationsIn,
  columns: {
    target: ({ target }) => target,
    issue_id: ({ issueId }) => issueId,
    contract_id: ({ contractId }) => contractId,
    since: ({ since }) => since,
  },
  untold: {},
  mayLack: ({ isRequired }) => !isRequired,
});

const OUTCOMES = table<Of<'ContractChanged'>>({
  name: 'outcomes',
  key: ['issue_id', 'revision'],
  told: newest('ContractChanged', (m) => m.key),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    revision: ({ by }) => by.value.revision,
    contract_id: ({ by }) => by.value.contract_id,
    version: ({ by }) => by.value.version,
    status: ({ by }) => by.value.status,
    reason: ({ by }) => by.value.status_reason,
    audit_verdict: ({ by }) => by.value.audit_verdict,
    changed_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

/** The eligibility service's tables. */
export const ELIGIBILITY_TABLES: ServiceTables = {
  service: 'eligibility',
  audited: [VERDICTS, WAITING, LINES, RESERVATIONS, OUTCOMES, ...referenceTables('eligibility')],
  outside: {
    ...OUTSIDE_OF_EVERY_HOP,
    rule_parameters: 'what each rules version stands for; the auditor has the rule files itself',
  },
};

const ORIGINALS = table<Of<'ProposalMade'>>({
  name: 'originals',
  key: ['issue_id'],
  told: (told) => each('ProposalMade')(told).filter(({ by }) => by.value.contract_id === null),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    issue_type: ({ by }) => by.value.issue_type,
    severity: ({ by }) => by.value.severity,
    validator_version: ({ by }) => by.value.validator_version,
  },
  untold: {},
});

/** The validator's tables. */
export const VALIDATOR_TABLES: ServiceTables = {
  service: 'validator',
  audited: [ORIGINALS, ...referenceTables('validator')],
  outside: OUTSIDE_OF_EVERY_HOP,
};
