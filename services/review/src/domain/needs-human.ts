/** What a verdict says about who should look at the issue. */
export interface JudgedIssue {
  readonly verdict: 'MAY' | 'MAY_NOT';
  readonly severity: string;
  readonly recommendedAction: string;
}

/** A MAY_NOT makes no contract, so that nobody would see it: these are put before a human (spec 1-workflow §6). */
export function needsHuman({ verdict, severity, recommendedAction }: JudgedIssue): boolean {
  return (
    verdict === 'MAY_NOT' &&
    (severity === 'critical' || recommendedAction === 'escalate' || recommendedAction === 'defer')
  );
}
