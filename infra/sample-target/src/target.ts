import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apply, type Decision, type Settings, undo, type Write } from './settings';
import { SettingsFile } from './settings.file';
import { whyNotGenuine } from './signature';

/** A message has been verified and nothing done; or it has been done and kept, and not been answered. */
export type Stage = 'received' | 'done';

export interface TargetOptions {
  readonly port: number;
  readonly host?: string;
  readonly settingsFile: string;
  readonly firstValues: Settings['values'];
  readonly secret: Buffer;
  /** The present time, epoch milliseconds. */
  readonly now: () => number;
  /** A test's way to stop it, cut its answer off or end it at a stage of a message. */
  readonly at?: (stage: Stage, type: string, cut: () => void) => Promise<void>;
}

interface Message {
  readonly type: string;
  readonly data: {
    readonly writes?: readonly Write[];
    readonly undoes?: string | null;
    readonly targets?: readonly string[];
  };
}

const BODY_BYTES_MAX = 65_536;

/** A system with settings of its own that its owner lets Mandate change: `POST /hooks/mandate`, signed. */
export class Target {
  private readonly file: SettingsFile;
  private readonly server: Server;
  /** Messages are done one at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: TargetOptions) {
    this.file = new SettingsFile(options.settingsFile, options.firstValues);
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: Error) => reply(response, 500, { error: error.message }));
    });
  }

  static start(options: TargetOptions): Promise<Target> {
    const target = new Target(options);
    return new Promise((resolve, reject) => {
      target.server.once('error', reject);
      target.server.listen(options.port, options.host ?? '127.0.0.1', () => resolve(target));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What it holds now. */
  get settings(): Settings {
    return this.file.read();
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url } = request;
    if (method === 'GET' && url === '/health') return reply(response, 200, { status: 'up' });
    if (method === 'GET' && url === '/') return reply(response, 200, this.file.read().values);
    if (method !== 'POST' || url !== '/hooks/mandate') return reply(response, 404, { error: 'no such path' });
    const body = await bodyOf(request);
    if (!body) return reply(response, 413, { error: 'the body is too long' });
    const problem = whyNotGenuine(request.headers, body, this.options.secret, Math.floor(this.options.now() / 1_000));
    if (problem) return reply(response, 401, { error: problem });
    const message = readMessage(body);
    if (!message) return reply(response, 400, { error: 'the body is no message' });
    const key = request.headers['webhook-id'] as string;
    const cut = (): void => void request.socket.destroy();
    const mine = this.turn.then(() => this.take(message, key, cut, response));
    this.turn = mine.catch(() => undefined);
    await mine;
  }

  private async take(message: Message, key: string, cut: () => void, response: ServerResponse): Promise<void> {
    const { type, data } = message;
    await this.options.at?.('received', type, cut);
    const settings = this.file.read();
    if (type === 'mandate.step.observe') {
      const known = (data.targets ?? []).filter((t) => Object.hasOwn(settings.values, t));
      return reply(response, 200, { values: Object.fromEntries(known.map((t) => [t, settings.values[t]])) });
    }
    const decision = decide(settings, key, message);
    if (decision.status !== 200) return reply(response, decision.status, { error: decision.text });
    this.file.write(decision.settings);
    await this.options.at?.('done', type, cut);
    reply(response, 200, { result: decision.text });
  }
}

function decide(settings: Settings, key: string, { type, data }: Message): Decision {
  const { writes = [], undoes } = data;
  if (type === 'mandate.step.apply') return apply(settings, key, writes);
  if (type === 'mandate.step.undo' && typeof undoes === 'string') return undo(settings, key, undoes, writes);
  return { status: 422, text: `${type} is not understood` };
}

function readMessage(body: Buffer): Message | null {
  try {
    const message = JSON.parse(body.toString('utf8')) as Partial<Message> | null;
    return typeof message?.type === 'string' && typeof message.data === 'object' ? (message as Message) : null;
  } catch {
    return null;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
