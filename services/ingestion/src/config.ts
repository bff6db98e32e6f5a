import { readFileSync } from 'node:fs';
import { readConfig } from '@mandate/service-kit';
import { z } from 'zod';
import { IntakeTokens } from './adapters/intake-tokens';

const tokenList = z.array(
  z.strictObject({
    token_sha256: z.string().regex(/^[0-9a-f]{64}$/, 'wants token_sha256 as 64 lower-case hex characters'),
    source_system: z.string().min(1).max(100),
  }),
);

/** Variables beside the kit's. Without INTAKE_TOKENS_FILE nobody may use the HTTP intake; the topic is not affected. */
const shape = {
  INTAKE_TOKENS_FILE: z
    .string()
    .optional()
    .transform((path, ctx) => {
      if (path === undefined) return new IntakeTokens([]);
      try {
        return new IntakeTokens(tokenList.parse(JSON.parse(readFileSync(path, 'utf8'))));
      } catch (error) {
        const why =
          error instanceof z.ZodError
            ? error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')
            : (error as Error).message;
        const wanted = 'a readable file with a JSON list of {"token_sha256": hex, "source_system": text}';
        ctx.addIssue({ code: 'custom', message: `wants ${wanted} (${why})` });
        return z.NEVER;
      }
    }),
};

export const config = () => readConfig(process.env, shape);
