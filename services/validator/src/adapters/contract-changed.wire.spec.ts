import type { ContractChanged } from '@mandate/schemas';
import type { Message } from '@mandate/service-kit';
import { isUnjudgedRevision, toRevision } from './contract-changed.wire';

const EMPTY_CHANGE = {
  capability: 'a',
  lifecycle: null,
  reason: null,
  enabled_before: null,
  lifecycle_before: null,
  settings: [],
};

const CREATED: Partial<ContractChanged> = {
  contract_id: 'c',
  issue_id: 'i',
  status: 'DRAFT',
  revision: 1,
  verdict: null,
  from_version: 0,
  origin: {
    source: 'ops_alert',
    source_system: 's',
    reference: 'r',
    submitter: null,
    tenant: null,
    received_at: 0,
  },
  proposed_changes: [],
};

function message(value: Partial<ContractChanged>, effect = true): Message<ContractChanged> {
  return { edge: { effect }, value: { ...CREATED, ...value } } as Message<ContractChanged>;
}

describe('the creation of a revision', () => {
  it('is to be proposed', () => {
    expect(isUnjudgedRevision(message({}))).toBe(true);
  });

  it.each<[string, Message<ContractChanged>]>([
    ['a change that only records something', message({}, false)],
    ['another status', message({ status: 'REJECTED' })],
    ['an original contract', message({ revision: 0 })],
    ['a revision with its verdict', message({ verdict: Buffer.from('v') })],
    ['a decision refused in DRAFT', message({ from_version: 1 })],
  ])('is not %s', (_, other) => {
    expect(isUnjudgedRevision(other)).toBe(false);
  });

  it('carries the changes, and the original issue gives type and severity', () => {
    const original = { issue_type: 'bug_report', severity: 'high' } as const;
    const setting = { key: 'k', old_value: '1', new_value: '2' };
    const wire = { ...EMPTY_CHANGE, kind: 'configuration_update', settings: [setting] } as const;
    expect(toRevision(message({ proposed_changes: [wire] }), original)).toEqual({
      issue_id: 'i',
      contract_id: 'c',
      revision: 1,
      source: 'ops_alert',
      original,
      changes: [{ kind: 'configuration_update', capability: 'a', setting: { key: 'k', old: 1, new: 2 } }],
    });
  });

  it('is parked when its changes cannot be read', () => {
    const wire = { ...EMPTY_CHANGE, kind: 'unknown' } as const;
    const original = { issue_type: 'bug_report', severity: 'high' } as const;
    expect(() => toRevision(message({ proposed_changes: [wire] }), original)).toThrow(
      expect.objectContaining({ code: 'PLAN_UNREADABLE' }),
    );
  });
});
