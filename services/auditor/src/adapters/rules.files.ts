import { readFileSync } from 'node:fs';
import { DEFAULT_PARAMETERS, parametersFromText, type RuleParameters } from '@mandate/judgement';
import { z } from 'zod';

/** The rule parameters of the files that a variable names, the defaults first. */
export function rulesFiles() {
  return z
    .string()
    .transform((paths, ctx): readonly RuleParameters[] => {
      const read = paths.split(',').map((path) => readFile(path.trim()));
      const problems = read.filter((r) => typeof r === 'string');
      for (const problem of problems) ctx.addIssue({ code: 'custom', message: problem });
      return [DEFAULT_PARAMETERS, ...read.filter((r) => typeof r !== 'string')];
    })
    .default([DEFAULT_PARAMETERS]);
}

function readFile(path: string): RuleParameters | string {
  try {
    const { parameters, problems } = parametersFromText(readFileSync(path, 'utf8'));
    return parameters ?? `wants files of rule parameters. ${path}: ${problems.join(' ')}`;
  } catch (error) {
    return `wants readable files (${(error as Error).message})`;
  }
}
