import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Address } from './address-policy';

export interface ExchangeOrder {
  readonly url: URL;
  /** Where to connect; the URL's host is only named. */
  readonly address: Address;
  /** PEM: whose certificates are trusted instead of the public authorities'. */
  readonly ca: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  readonly stop: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** No whole answer. `wasSent` is false where the connection never stood, so that nothing can have happened. */
export class ExchangeFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly wasSent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * One POST over a connection of its own to the address given: no redirects, no proxies, an answer of limited size, all of
 * it within the time-out. @throws ExchangeFailed
 */
export function exchange(order: ExchangeOrder): Promise<Answer> {
  const { url, address, ca, headers, body, timeoutMs, stop } = order;
  return new Promise((resolve, reject) => {
    let wasSent = false;
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': String(body.length), connection: 'close' },
      lookup: pinned(address),
      ...(ca === null ? {} : { ca }),
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const onStop = (): void => void request.destroy(new Error('the time of the step is over'));
    stop.addEventListener('abort', onStop);
    const settled = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    };
    const fail = (cause: Error): void => {
      settled();
      const what = wasSent ? 'it was sent, but' : 'it could not be sent:';
      reject(new ExchangeFailed(codeOf(cause, wasSent), `${what} ${cause.message}`, wasSent, { cause }));
    };
    onConnected(request, url, () => {
      wasSent = true;
    });
    request.once('error', fail);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > order.answerBytesMax)
          request.destroy(new Error(`its answer is longer than ${order.answerBytesMax} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () => {
        settled();
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
      });
    });
    if (stop.aborted) onStop();
    else request.end(body);
  });
}

/** Bytes leave once the connection stands, and not before. */
function onConnected(request: ClientRequest, url: URL, then: () => void): void {
  request.once('socket', (socket) => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', then));
}

type Lookup = NonNullable<Parameters<typeof requestHttp>[1]['lookup']>;

function pinned({ address, family }: Address): Lookup {
  return (_host, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function codeOf(cause: Error, wasSent: boolean): string {
  if (wasSent) return 'OUTCOME_UNKNOWN';
  return (cause as NodeJS.ErrnoException).code ?? 'UNREACHABLE';
}
