import type { Told, ToldState } from './told';

/** An incident as the contract service says it is. */
export interface IncidentNews {
  readonly incidentId: string;
  readonly contractId: string;
  readonly issueId: string;
  readonly version: number;
  readonly state: string;
  readonly reason: string;
  /** Why its last change was made. */
  readonly lastWords: string;
  readonly rollbackAttempts: number;
  readonly leftBehind: readonly { readonly capability: string; readonly detail: string }[];
}

/**
 * What a CRM is told about an incident: how the undoing of its change ended, and where that had failed, that it is tried
 * once more (AM-18). Pure.
 *
 * @param stateBefore null: nothing was heard of the incident yet
 * @returns null when it is opened (that the change failed was told) and for what does not move its state
 */
export function tellIncident(news: IncidentNews, stateBefore: string | null): Told | null {
  if (news.state === stateBefore) return null;
  const told = (state: ToldState, code: string | null, sentence: string): Told => ({
    state,
    code,
    field: null,
    sentence,
    details: {
      incident_id: news.incidentId,
      reason: news.reason,
      rollback_attempts: news.rollbackAttempts,
      left_behind: news.leftBehind.map(({ capability, detail }) => ({ capability, detail })),
    },
    issueId: news.issueId,
    contractId: news.contractId,
  });
  switch (news.state) {
    case 'OPEN':
      return stateBefore === 'ROLLBACK_FAILED'
        ? told('NOTE', 'ROLLBACK_RETRIED', 'The undoing of the change is being tried once more.')
        : null;
    case 'ROLLED_BACK':
      return told('ROLLED_BACK', null, 'The change was undone and everything is as it was before.');
    case 'ROLLBACK_FAILED': {
      const left = news.leftBehind.map((l) => l.capability).join(', ');
      return told(
        'ROLLBACK_FAILED',
        null,
        `The change could not be undone completely${left ? ` (${left})` : ''}; people are working on it.`,
      );
    }
    case 'RESOLVED':
      return told('NOTE', 'INCIDENT_RESOLVED', `The incident was resolved by the founder: ${news.lastWords}`);
    default:
      return null;
  }
}
