import { readFileSync } from 'node:fs';
import { DEFAULT_PARAMETERS, parametersFromText, type RuleParameters } from '@mandate/judgement';
import { z } from 'zod';

/** The rules' parameters from the file that a variable names; the spec's defaults where it names none. */
export function rulesFile() {
  return z
    .string()
    .transform((path, ctx): RuleParameters => {
      const { parameters, problems } = parametersFromText(textOf(path, ctx));
      if (parameters) return parameters;
      ctx.addIssue({ code: 'custom', message: `wants a file of rule parameters. ${problems.join(' ')}` });
      return z.NEVER;
    })
    .default(DEFAULT_PARAMETERS);
}

function textOf(path: string, ctx: { addIssue(issue: { code: 'custom'; message: string }): void }): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: `wants a readable file (${(error as Error).message})` });
    return '';
  }
}
