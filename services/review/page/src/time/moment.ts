const MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** How long something lasts, in at most two units: `6 d 4 h`, `12 min`, `40 s`. */
export function span(ms: number): string {
  const left = Math.max(0, Math.abs(ms));
  if (left < MS.minute) return `${Math.floor(left / 1_000)} s`;
  if (left < MS.hour) return `${Math.floor(left / MS.minute)} min`;
  if (left < MS.day) return joined(left, MS.hour, 'h', MS.minute, 'min');
  return joined(left, MS.day, 'd', MS.hour, 'h');
}

function joined(ms: number, unit: number, name: string, part: number, partName: string): string {
  const rest = Math.floor((ms % unit) / part);
  return `${Math.floor(ms / unit)} ${name}${rest > 0 ? ` ${rest} ${partName}` : ''}`;
}

/** Milliseconds as people set them: `500 ms`, `60 s`, `5 min`. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : span(ms);
}

/** `in 3 d`, `12 min ago`, `now`. */
export function relative(at: number, now: number): string {
  const ms = at - now;
  if (Math.abs(ms) < 1_000) return 'now';
  return ms > 0 ? `in ${span(ms)}` : `${span(ms)} ago`;
}

/** The reader's date and time; the year only where it is not this one. */
export function local(at: number, now: number, zone?: string): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(zone ? { timeZone: zone } : {}),
  }).format(at);
}

/** `2026-11-25 01:18:55 UTC` */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The zone that times are shown in: `Europe/Berlin (UTC+1)`. */
export function zoneName(at: number): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset' }).formatToParts(at);
  const offset = parts.find((part) => part.type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? 'UTC';
  return zone === offset ? zone : `${zone} (${offset})`;
}

/** What a `datetime-local` field wants for an instant, in the reader's zone. */
export function fieldValue(at: number): string {
  const shifted = at - new Date(at).getTimezoneOffset() * MS.minute;
  return new Date(shifted).toISOString().slice(0, 16);
}

/** The instant that a `datetime-local` field says; null where it says none. */
export function fieldInstant(value: string): number | null {
  const at = new Date(value).getTime();
  return Number.isFinite(at) ? at : null;
}
