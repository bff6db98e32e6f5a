import { InvalidArgumentError, Option } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as 30s, 10m, 24h or 7d, as milliseconds. */
export function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h|d)$/.exec(text) ?? [];
  const ms = UNITS_MS[unit ?? ''];
  if (!amount || !ms) throw new InvalidArgumentError('It is a duration such as 30s, 10m, 24h or 7d.');
  return Number(amount) * ms;
}

/** An option that takes a duration. */
export function duration(flags: string, description: string, defaultMs: number, inWords: string): Option {
  return new Option(flags, description).argParser(durationMs).default(defaultMs, inWords);
}

/** A duration for people, in its two largest units. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}
