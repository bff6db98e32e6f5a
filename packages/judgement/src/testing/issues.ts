import type { IssueText, Proposal } from '../proposal';
import { validate } from '../validator/validate';
import { registry } from './registry';

/** A support ticket with this body. */
export function issue(body: string, more: Partial<IssueText> = {}): IssueText {
  const hints = { severity: null, capabilities: [], change: null };
  return { issue_id: 'issue-1', source: 'support_ticket', subject: '', body, hints, ...more };
}

export const read = (body: string, more: Partial<IssueText> = {}): Proposal => validate(issue(body, more), registry);

/** The suggested changes in short: `search_depth#max_hops 3>9`, `+bulk_export PREVIEW`, `-search_depth`. */
export function changesIn(body: string, more: Partial<IssueText> = {}): readonly string[] {
  return read(body, more).suggested_changes.flatMap((change): readonly string[] => {
    switch (change.kind) {
      case 'capability_enable':
        return [`+${change.capability} ${change.lifecycle}`];
      case 'capability_disable':
        return [`-${change.capability}`];
      case 'configuration_update':
        return [`${change.capability}#${change.setting.key} ${change.setting.old}>${change.setting.new}`];
      default:
        return change.settings.map((s) => `${change.capability}#${s.key} ${s.old}>${s.new}`);
    }
  });
}
