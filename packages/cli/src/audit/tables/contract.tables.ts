import { changeFromWire } from '@mandate/contracts';
import { type ContractChanged, decode } from '@mandate/schemas';
import { ANYTHING, storable, table } from '../table';
import { isA, type Said, type Told } from '../told';
import { type Change, changesOf, paper, RECORDED } from './recorded';

type Changed = Said<'ContractChanged'>;

/** A contract's newest message with all that were said of it before. */
interface Life {
  readonly by: Changed;
  readonly all: readonly Changed[];
  /** The contract that it revises in the end, or itself. */
  readonly original: ContractChanged;
}

function livesIn(told: Told): readonly Life[] {
  const lives = told.lives('ContractChanged');
  const originalOf = (value: ContractChanged): ContractChanged => {
    const parent = value.parent_contract_id === null ? undefined : lives.get(value.parent_contract_id)?.at(-1)?.value;
    return parent ? originalOf(parent) : value;
  };
  return [...lives.values()].map((all) => {
    const by = all.at(-1) as Changed;
    return { by, all, original: originalOf(by.value) };
  });
}

const value = ({ by }: { readonly by: Changed }): ContractChanged => by.value;
const moves = ({ all }: Pick<Life, 'all'>) => all.flatMap((said) => said.value.changes);

/** When the time to live began to run: with the contract's own MAY, before that with its draft. */
function ttlStart(life: Life): number {
  const eligible = moves(life).findLast((c) => c.to === 'ELIGIBLE' && c.from !== 'ELIGIBLE');
  return eligible?.at ?? value(life).created_at;
}

/** Ended pauses together; one that a decision cut short has not ended. */
function pausedMs({ by }: Life): number {
  const { ttl_ledger: ledger, ttl_paused_at: pausedAt } = by.value;
  const pauses = ledger.filter((t) => t.holder === 'REQUESTOR' && t.to !== null && t.from !== pausedAt);
  return pauses.reduce((sum, t) => sum + ((t.to as number) - t.from), 0);
}

function activatedAt(life: Pick<Life, 'all'>): number | null {
  return moves(life).find((c) => c.to === 'ACTIVE' && c.from !== 'ACTIVE')?.at ?? null;
}

function terms({ by, original }: Life): object {
  const { title, origin, proposed_changes, affected_capabilities, constraints, health_impact } = by.value;
  const plan = { changes: proposed_changes.map(changeFromWire), affected_capabilities };
  const scope_capabilities = original.affected_capabilities;
  return { title, origin, plan, scope_capabilities, constraints, health_impact };
}

function clarification({ clarification: c }: ContractChanged): object | null {
  if (!c) return null;
  const { request_id: requestId, requested_at: requestedAt, answered_at: answeredAt, question, answer } = c;
  return { requestId, question, requestedAt, answer, answeredAt };
}

function confidence({ verdict }: ContractChanged): number | null {
  if (!verdict) return null;
  return decode('ProposalMade', decode('EligibilityJudged', verdict).proposal).confidence_score;
}

const saidCode = (life: Life, ...codes: readonly string[]): boolean =>
  moves(life).some((c) => c.code !== null && codes.includes(c.code));

const CONTRACTS = table<Life>({
  name: 'contracts',
  key: ['contract_id'],
  told: livesIn,
  columns: {
    contract_id: (s) => value(s).contract_id,
    issue_id: (s) => value(s).issue_id,
    revision: (s) => value(s).revision,
    parent_contract_id: (s) => value(s).parent_contract_id,
    successor_contract_id: (s) => value(s).successor_contract_id,
    version: (s) => value(s).version,
    status: (s) => value(s).status,
    status_reason: (s) => storable(value(s).status_reason ?? '') || null,
    terms,
    affected_capabilities: (s) => value(s).affected_capabilities,
    risk_level: (s) => value(s).risk_level,
    confidence: (s) => confidence(value(s)),
    payload_digest: (s) => value(s).payload_digest,
    plan_digest: (s) => value(s).plan_digest,
    dossier_digest: (s) => value(s).dossier_digest,
    verdict: (s) => value(s).verdict,
    may_mandate: (s) => paper(s.by.mandate.may),
    // Kept when it was said, before it was signed.
    last_mandate: (s) => paper({ link: s.by.mandate.own.link, proof: null }),
    created_at: (s) => value(s).created_at,
    ttl_started_at: ttlStart,
    ttl_paused_at: (s) => value(s).ttl_paused_at,
    ttl_paused_ms: pausedMs,
    is_warned: (s) => saidCode(s, 'REVIEW_WARNING', 'REVIEW_ESCALATION'),
    is_escalated: (s) => saidCode(s, 'REVIEW_ESCALATION'),
    ttl_ledger: (s) => value(s).ttl_ledger,
    clarification: (s) => clarification(value(s)),
    waiting: (s) => value(s).waiting,
    since_approval: (s) =>
      value(s).since_approval.map(({ at_approval: atApproval, ...rest }) => ({ ...rest, atApproval })),
    approved_by: (s) => value(s).approval?.approved_by,
    approved_at: (s) => value(s).approval?.approved_at,
    window_start: (s) => value(s).approval?.window_start,
    window_end: (s) => value(s).approval?.window_end,
    activated_at: activatedAt,
    audit_verdict: (s) => value(s).audit_verdict,
    registry_version: (s) => value(s).registry_version,
    health_version: (s) => value(s).health_version,
    changed_at: (s) => value(s).changed_at,
  },
  untold: {},
});

const TRANSITIONS = table<Change<'ContractChanged'>>({
  name: 'contract_transitions',
  key: ['contract_id', 'version'],
  told: (told) => changesOf(told, 'ContractChanged'),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    from_state: ({ change }) => change.from,
    to_state: ({ change }) => change.to,
    actor: ({ change }) => storable(change.actor),
    cause_digest: ({ by }) => by.link.causeDigest,
    ...RECORDED,
  },
  untold: {},
});

/** A verdict that made a contract, or moved one; null where it came too late for that. */
interface Use {
  readonly by: Said<'EligibilityJudged'>;
  readonly moved: Changed | null;
}

const VERDICTS_USED = table<Use>({
  name: 'verdicts_used',
  key: ['issue_id', 'revision'],
  told: (told) =>
    told
      .of('EligibilityJudged')
      .filter((by) => by.link.says === 'MAY' || by.value.contract_id !== null)
      .map((by) => ({ by, moved: told.answersTo(by).find((m) => isA('ContractChanged', m)) as Changed | null })),
  columns: {
    issue_id: ({ by }) => by.value.issue_id,
    revision: ({ by }) => by.value.revision,
    digest: ({ by }) => by.digest,
    contract_id: ({ by, moved }) => by.value.contract_id ?? moved?.value.contract_id,
    used_as: ({ by, moved }) => {
      if (!moved) return 'TOO_LATE';
      if (by.value.contract_id === null) return 'CREATED';
      return by.link.says === 'MAY' ? 'ATTACHED' : 'DENIED';
    },
    at: ({ moved }) => moved?.value.changed_at ?? ANYTHING,
  },
  untold: {},
});

/** A decision that a contract or its incident answered. */
interface Decision {
  readonly by: Said<'ReviewDecided'>;
  readonly at: number;
}

function decisionsIn(told: Told): readonly Decision[] {
  return told.of('ReviewDecided').flatMap((by) => {
    const answer = told
      .answersTo(by)
      .find((m) => (isA('ContractChanged', m) || isA('IncidentChanged', m)) && m.key === by.key) as Changed | undefined;
    return answer ? [{ by, at: answer.value.changed_at }] : [];
  });
}

const DECISIONS_TAKEN = table<Decision>({
  name: 'decisions_taken',
  key: ['contract_id', 'decision_key'],
  told: decisionsIn,
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    decision_key: ({ by }) => storable(`${by.value.action} ${by.value.idempotency_key}`),
    at: ({ at }) => at,
  },
  untold: {},
});

/** An approval with the decision that it came from. */
interface Approved {
  readonly by: Changed;
  readonly decision: Said | null;
}

const APPROVALS = table<Approved>({
  name: 'approvals',
  key: ['contract_id'],
  told: (told) =>
    [...told.lives('ContractChanged').values()].flatMap((all) => {
      const by = all.find((m) => m.value.approval !== null);
      return by ? [{ by, decision: told.causeOf(by) }] : [];
    }),
  columns: {
    contract_id: ({ by }) => by.value.contract_id,
    decision_id: ({ decision }) => (isA('ReviewDecided', decision) ? decision.value.decision_id : null),
    statement: ({ by }) => by.value.approval?.statement,
    signature: ({ by }) => by.value.approval?.signature,
    key_id: ({ by }) => by.value.approval?.key_id,
    approved_at: ({ by }) => by.value.approval?.approved_at,
    step_timeout_ms: ({ by }) => statementOf(by).constraints.step_timeout_ms,
    mandate: ({ by }) => paper(by.mandate.approve),
  },
  untold: { facts: 'what was so when the founder approved: said only where it is otherwise later' },
});

/** What a founder signed, as JSON. */
function statementOf({ value: { approval } }: Changed): { readonly constraints: { readonly step_timeout_ms: number } } {
  return JSON.parse(String(approval?.statement));
}

interface Hold extends Life {
  readonly capability: string;
}

/** AM-15: a capability is held from the activation until it is final, or the incident is over. */
function holdsIn(told: Told): readonly Hold[] {
  const final = new Set(
    told
      .of('CapabilityChanged')
      .filter((m) => m.link.says === 'FINAL')
      .map((m) => `${m.value.capability} ${m.value.contract_id}`),
  );
  const over = new Set(
    told
      .of('IncidentChanged')
      .filter((m) => m.value.state === 'ROLLED_BACK' || m.value.state === 'RESOLVED')
      .map((m) => m.value.contract_id),
  );
  return livesIn(told)
    .filter((life) => activatedAt(life) !== null && !over.has(value(life).contract_id))
    .flatMap((life) => value(life).affected_capabilities.map((capability) => ({ ...life, capability })))
    .filter((hold) => !final.has(`${hold.capability} ${value(hold).contract_id}`));
}

const HOLDS = table<Hold>({
  name: 'holds',
  key: ['capability'],
  told: holdsIn,
  columns: {
    capability: ({ capability }) => capability,
    contract_id: (s) => value(s).contract_id,
    since: activatedAt,
  },
  untold: {},
});

/** The tables that hold contracts, what was decided on them and what they hold. */
export const CONTRACT_STATE = [CONTRACTS, TRANSITIONS, VERDICTS_USED, DECISIONS_TAKEN, APPROVALS, HOLDS];
