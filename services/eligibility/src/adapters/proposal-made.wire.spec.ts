import { createHash } from 'node:crypto';
import { changeToWire, decodeLink, decodeMandate, type LinkedName, planDigest, sha256 } from '@mandate/contracts';
import type { ProposalMade } from '@mandate/schemas';
import { citingOutside, type Message, say } from '@mandate/service-kit';
import { fromStored, toReceived } from './proposal-made.wire';

const ISSUE = '019b0000-0000-7000-8000-000000000001';
const CONTRACT = '019b0000-0000-7000-8000-000000000002';
const CHANGE = { kind: 'configuration_update', capability: 'a', setting: { key: 'k', old: 1, new: 2 } } as const;
const PLAN = planDigest({ changes: [CHANGE], affected_capabilities: ['a'] });

const VALUE: ProposalMade = {
  issue_id: ISSUE,
  contract_id: null,
  revision: 0,
  origin: { source: 'ops_alert', source_system: 's', reference: 'r', submitter: null, tenant: null, received_at: 1 },
  title: 't',
  payload_digest: sha256('p'),
  issue_type: 'bug_report',
  severity: 'high',
  affected_capabilities: ['a'],
  unknown_capabilities: [],
  recommended_action: 'create_contract',
  confidence_score: 0.9,
  reason: '',
  evidence: [],
  suggestions: [],
  suggested_changes: [changeToWire(CHANGE)],
  validator_version: '1',
  registry_version: 1,
};

interface Said {
  readonly value?: Partial<ProposalMade>;
  readonly cause?: { readonly type: LinkedName; readonly key: string };
  readonly version?: number;
}

/** A proposal as the kit hands it on: everything but its value has been checked. */
function message({
  value,
  cause = { type: 'IssueReceived', key: ISSUE },
  version = 1,
}: Said = {}): Message<ProposalMade> {
  const whole = { ...VALUE, ...value };
  const said = say({
    message: 'ProposalMade',
    key: ISSUE,
    value: whole,
    says: 'PROPOSED',
    issueId: ISSUE,
    version,
    planDigest: PLAN,
    cites: citingOutside(sha256('cause')),
    now: 1,
  });
  const own = decodeMandate(said.mandate)?.own.link as Buffer;
  return {
    value: whole,
    bytes: said.value,
    mandate: said.mandate,
    digest: sha256(own),
    link: decodeLink(own),
    cause: { type: cause.type, subject: createHash('sha256').update(cause.key).digest() },
  } as Message<ProposalMade>;
}

const code = (c: string) => expect.objectContaining({ code: c });

it('reads a proposal for judging and keeps its bytes', () => {
  const received = toReceived(message());
  expect(received.proposal).toMatchObject({ source: 'ops_alert', suggested_changes: [CHANGE], revision: 0 });
  expect(received).toMatchObject({ planDigest: PLAN, waitingSince: null });
});

it('reads a stored proposal as it was read when it came', () => {
  const received = toReceived(message());
  expect(fromStored(received.bytes, received.mandate, 5)).toEqual({ ...received, waitingSince: 5 });
});

it.each<[string, Said]>([
  ['ISSUE_MISMATCH', { value: { issue_id: CONTRACT } }],
  ['ISSUE_MISMATCH', { version: 2 }],
  ['LINEAGE_MISMATCH', { value: { contract_id: CONTRACT } }],
  ['LINEAGE_MISMATCH', { cause: { type: 'ContractChanged', key: CONTRACT } }],
  ['LINEAGE_MISMATCH', { value: { revision: 1, contract_id: CONTRACT }, version: 2 }],
  [
    'LINEAGE_MISMATCH',
    { value: { revision: 1, contract_id: CONTRACT }, version: 2, cause: { type: 'ContractChanged', key: ISSUE } },
  ],
  ['PLAN_MISMATCH', { value: { affected_capabilities: ['a', 'b'] } }],
  ['PLAN_MISMATCH', { value: { suggested_changes: [] } }],
  ['PLAN_UNREADABLE', { value: { suggested_changes: [{ ...changeToWire(CHANGE), kind: 'unknown' }] } }],
])('CHAIN-003: refuses a value that is not what its link says: %s', (expected, said) => {
  expect(() => toReceived(message(said))).toThrow(code(expected));
});

it('takes a revision that cites its own DRAFT', () => {
  const revision = { revision: 1, contract_id: CONTRACT };
  const received = toReceived(
    message({ value: revision, version: 2, cause: { type: 'ContractChanged', key: CONTRACT } }),
  );
  expect(received.proposal).toMatchObject(revision);
});
