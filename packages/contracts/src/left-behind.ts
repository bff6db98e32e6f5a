import type { JobChanged, LeftBehind } from '@mandate/schemas';

const PUT_BACK = ['DONE', 'UNDONE', 'SKIPPED'];

/** What a ROLLBACK job has not put back: what each place is, what it was before the change, and how far the step came. */
export function leftBehindBy(job: JobChanged): readonly LeftBehind[] {
  if (job.kind !== 'ROLLBACK') return [];
  return job.steps
    .filter((s) => !PUT_BACK.includes(s.state))
    .map((step) => {
      const { capability } = step.change;
      const live = job.capability_versions.find((v) => v.capability === capability)?.state_after ?? null;
      const how = `step ${step.index + 1} is ${step.state}${step.detail ? `: ${step.detail}` : ''}`;
      return { capability, detail: [...placesOf(step.change, live), how].join('; ').replaceAll('\u0000', '\u2400') };
    });
}

/** A change's places as they are and as they were. @param live state after the job, as JSON; null if it was not told */
function placesOf(change: JobChanged['steps'][number]['change'], live: string | null): readonly string[] {
  const is = live === null ? null : (JSON.parse(live) as LiveState);
  const now = (value: unknown): string => (is ? JSON.stringify(value ?? null) : 'not known');
  const settings = change.settings.map((s) => `${s.key} is ${now(is?.values?.[s.key])}, was ${s.old_value}`);
  if (change.enabled_before === null) return settings;
  const words = (isEnabled: boolean | undefined): string => (isEnabled ? 'enabled' : 'disabled');
  return [`${is ? words(is.enabled) : 'state not known'}, was ${words(change.enabled_before)}`, ...settings];
}

interface LiveState {
  readonly enabled?: boolean;
  readonly values?: Readonly<Record<string, unknown>>;
}
