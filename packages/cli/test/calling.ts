import { run } from '../src/program';

// biome-ignore lint/suspicious/noExplicitAny: lines are looked at, not typed
export type Line = any;

/** Calls the command line against the stack of a folder, as a script would: nobody can be asked. */
export function caller(dataDir: () => string) {
  return async (...argv: string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await run(argv, {
      env: { MANDATE_STACK: dataDir() },
      out: (l) => out.push(l),
      err: (l) => err.push(l),
      confirm: null,
      interrupted: new Promise<void>(() => undefined),
    });
    return { code, text: out.join('\n'), err: err.join('\n'), lines: (): Line[] => out.map((l) => JSON.parse(l)) };
  };
}
