import type { ServerResponse } from 'node:http';
import { problemJson, toProblem } from './problem';

/** What the kit needs of the HTTP framework's reply. */
export interface HttpReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
  code(status: number): { send(body: unknown): unknown };
}

const LINES = 'application/x-ndjson';
const LEAST_MS = 200;

/**
 * Answers a request that takes long: where the client accepts `application/x-ndjson`, a line `{"progress": …}` now and then
 * and `{"result": …}` or `{"problem": …}` at the end; else the result alone. What is refused before the first progress is
 * answered as any problem.
 */
export async function answering<T extends object>(
  reply: HttpReply,
  accept: string | undefined,
  work: (progress: (now: object) => void) => Promise<T>,
): Promise<void> {
  const wantsLines = accept?.includes(LINES) ?? false;
  let isStreaming = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  const write = (line: string): void => {
    if (!isStreaming) {
      reply.hijack();
      reply.raw.on('error', () => undefined); // whoever asked has gone; the work goes on
      reply.raw.writeHead(200, { 'content-type': LINES, 'cache-control': 'no-store' });
    }
    isStreaming = true;
    reply.raw.write(`${line}\n`);
  };
  const progress = (now: object): void => {
    if (!wantsLines || performance.now() - lastAt < LEAST_MS) return;
    lastAt = performance.now();
    write(JSON.stringify({ progress: now }));
  };
  try {
    const result = await work(progress);
    if (!isStreaming) return void reply.code(200).send(result);
    write(JSON.stringify({ result }));
  } catch (error) {
    if (!isStreaming) throw error;
    write(`{"problem":${problemJson(toProblem(error))}}`);
  }
  reply.raw.end();
}
