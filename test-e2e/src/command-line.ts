import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectationsOf, run, type ServiceExpectation } from '@mandate/cli';
import { SERVICES } from '@mandate/contracts';
import type { FullChain } from './full-chain';

const TOKEN = 'a-token-of-sam';
const AGAIN_MS = 300;
/** A service that has not heard of something yet, or of health, answers so for a moment. */
const NOT_YET = ['NOT_FOUND', 'NOT_ELIGIBLE', 'DOSSIER_CHANGED', 'HEALTH_UNKNOWN', 'HEALTH_NOT_HEALTHY', 'NOT_READY'];

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line on a full chain: as its operator and its founder, each with what that one has. */
export class CommandLine {
  private constructor(private readonly dir: string) {}

  /** Before the services start: each is told of the operator. */
  static prepare(chain: FullChain): void {
    const digest = createHash('sha256').update(TOKEN).digest('hex');
    const tokens = join(chain.world.keysDir, 'operators.json');
    writeFileSync(tokens, JSON.stringify([{ token_sha256: digest, operator: 'sam' }]));
    for (const service of SERVICES)
      chain.extraEnv.set(service, { ...chain.extraEnv.get(service), OPERATOR_TOKENS_FILE: tokens });
  }

  static async of(chain: FullChain): Promise<CommandLine> {
    const { world } = chain;
    const dir = mkdtempSync(join(world.servers.dir, 'stack-'));
    const at = (name: string): string => join(world.keysDir, name);
    writeFileSync(join(dir, 'operator.token'), TOKEN);
    writeFileSync(join(dir, 'founder.token'), (chain.founderHeaders()['authorization'] ?? '').slice('Bearer '.length));
    const databases = await Promise.all(SERVICES.map((service) => world.database(service)));
    const connection = {
      brokers: world.servers.brokers,
      users: Object.fromEntries(
        ['crm', 'observer'].map((user) => [user, world.servers.credentials(user).passwordFile]),
      ),
      urls: Object.fromEntries(SERVICES.map((service) => [service, chain.url(service)])),
      founder: { name: world.founder.founder, keyFile: at('founder.pem'), tokenFile: join(dir, 'founder.token') },
      operatorTokenFile: join(dir, 'operator.token'),
      manifestFile: at('authority.json'),
      rootPublicKeyFile: at('root.pub'),
      rootKeyFile: at('root.pem'),
      serviceKeyFiles: Object.fromEntries(SERVICES.map((service) => [service, at(`${service}.pem`)])),
      readerUrlFiles: Object.fromEntries(SERVICES.map((service, i) => [service, databases[i]?.readerUrlFile])),
    };
    writeFileSync(join(dir, 'connection.json'), JSON.stringify(connection));
    return new CommandLine(dir);
  }

  /** One command. */
  async call(...argv: readonly string[]): Promise<Answer> {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await run(argv, {
      env: { MANDATE_STACK: this.dir },
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      confirm: null,
      interrupted: new Promise<void>(() => undefined),
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  /** What everything that was said tells of the tables, as it is now. */
  expectations(): Promise<readonly ServiceExpectation[]> {
    return expectationsOf({ MANDATE_STACK: this.dir });
  }

  /** A command that is to be done; asked again while something has not been heard of yet. @returns what it printed */
  async done(...argv: readonly string[]): Promise<string> {
    for (const until = performance.now() + 60_000; ; ) {
      const { code, out, err } = await this.call(...argv, '--json');
      if (code === 0) return out;
      const isEarly = NOT_YET.some((word) => out.includes(word));
      if (!isEarly || performance.now() > until)
        throw new Error(`${argv.join(' ')} ended with ${code}: ${out}\n${err}`);
      await new Promise((r) => setTimeout(r, AGAIN_MS));
    }
  }
}
