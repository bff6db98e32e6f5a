import { SERVICES } from '@mandate/contracts';
import { EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

interface Action {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly outcome: string;
  /** The number under which the auditor was told; null for looks, refusals and beginnings. */
  readonly told_as: number | null;
}

/** Who operated what, in the order of time. */
export async function actions(
  { terminal, isJson }: Context,
  service: string | undefined,
  { all }: { readonly all: boolean },
): Promise<ExitCode> {
  const stack = openStack(terminal.env);
  const ofEach = await Promise.all(
    (service ? [service] : SERVICES).map(async (name) => {
      const { actions: found } = await new ServiceApi(stack, name).get<{ actions: readonly Action[] }>(
        '/operator-actions',
      );
      return found.map((action) => ({ service: name, ...action }));
    }),
  );
  const found = ofEach
    .flat()
    .filter(({ reason, outcome }) => all || reason !== null || outcome !== 'shown')
    .sort((a, b) => a.at.localeCompare(b.at));
  if (isJson) for (const action of found) terminal.out(JSON.stringify(action));
  else if (found.length === 0) terminal.out('Nobody has changed anything.');
  else terminal.out(table([['at', 'service', 'who', 'action', 'on', 'outcome', 'told', 'why'], ...found.map(row)]));
  return EXIT.done;
}

function row(a: Action & { readonly service: string }): string[] {
  const cells = [a.at, a.service, a.actor, a.action, a.subject, a.outcome, a.told_as === null ? '' : `#${a.told_as}`];
  return [...cells, a.reason ?? ''].map(shownInLine);
}
