import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const SPAN = Buffer.from('"spanId"');

/** Takes spans over OTLP/HTTP and only counts them, so that the measured machine does nothing else for it. */
export class SpanDrain {
  spans = 0;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      for (let at = body.indexOf(SPAN); at >= 0; at = body.indexOf(SPAN, at + SPAN.length)) this.spans++;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  static async start(): Promise<SpanDrain> {
    const drain = new SpanDrain();
    await new Promise<void>((resolve) => drain.server.listen(0, '127.0.0.1', resolve));
    return drain;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
