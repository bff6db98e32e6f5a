import { readFileSync } from 'node:fs';
import type { ProbeDefinition } from '@mandate/contracts';
import { parse } from 'yaml';
import { z } from 'zod';

const ms = z.number().int().positive();
const rhythm = {
  id: z.string().min(1),
  interval_ms: ms.min(100),
  timeout_ms: ms,
  threshold: z.number().int().min(1).max(100),
};
const bound = z.strictObject({ above: z.number().optional(), below: z.number().optional() });
const probe = z.union([
  z.strictObject({ ...rhythm, url: z.string().min(1), warn_ms: ms }),
  z.strictObject({ ...rhythm, promql: z.string().min(1), warn: bound.optional(), blocked: bound.optional() }),
]);

/**
 * The probes of SYSTEM that a catalogue file lists under `system_probes`; none without a file.
 * @throws Error naming the file and what is wrong with it
 */
export function systemProbes(file: string | undefined): readonly ProbeDefinition[] {
  if (file === undefined) return [];
  const read = z.object({ system_probes: z.array(probe).default([]) }).safeParse(parse(readFileSync(file, 'utf8')));
  if (!read.success)
    throw new Error(`${file}: ${read.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`);
  return read.data.system_probes;
}
