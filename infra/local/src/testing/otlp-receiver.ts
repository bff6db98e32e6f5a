import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a receiver of OTLP/JSON sees it, with its service and flat attributes. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 2 where something failed. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, string>>;
}

interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
interface Attribute {
  readonly key: string;
  readonly value: AnyValue;
}
interface ExportRequest {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}
interface RawSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly Attribute[];
}

/** Takes spans over OTLP/HTTP with JSON, as a collector does, and keeps them. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Everything that arrived, as it arrived. */
  received = '';
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isExport = request.method === 'POST' && request.url === '/v1/traces';
      if (isExport) this.take(Buffer.concat(chunks).toString());
      response.writeHead(isExport ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  });

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** What OTEL_EXPORTER_OTLP_ENDPOINT is to say. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The spans of a trace once they satisfy; fails after the limit and lists them. */
  async trace(
    traceId: string,
    isWhole: (spans: readonly ReceivedSpan[]) => boolean,
    limitMs = 30_000,
  ): Promise<readonly ReceivedSpan[]> {
    for (const until = performance.now() + limitMs; ; ) {
      const spans = this.spans.filter((s) => s.traceId === traceId);
      if (isWhole(spans)) return spans;
      if (performance.now() > until) {
        const lines = spans.map((s) => `  ${s.service} ${s.name} ${s.spanId} under ${s.parentSpanId || 'nothing'}`);
        throw new Error(`trace ${traceId} is not whole after ${limitMs} ms:\n${lines.join('\n') || '  no spans'}`);
      }
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(text: string): void {
    this.received += text;
    for (const { resource, scopeSpans } of (JSON.parse(text) as ExportRequest).resourceSpans ?? []) {
      const service = flat(resource.attributes)['service.name'] ?? '';
      for (const span of scopeSpans.flatMap((s) => s.spans)) this.spans.push(spanOf(service, span));
    }
  }
}

function spanOf(service: string, span: RawSpan): ReceivedSpan {
  const { name, kind, traceId, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano, status, attributes } = span;
  return {
    ...{ service, name, kind, traceId, spanId },
    parentSpanId: parentSpanId ?? '',
    startMs: Number(BigInt(startTimeUnixNano) / 1_000_000n),
    endMs: Number(BigInt(endTimeUnixNano) / 1_000_000n),
    status: status?.code ?? 0,
    attributes: flat(attributes),
  };
}

function flat(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value: v }) => [key, String(v.stringValue ?? v.intValue ?? v.doubleValue ?? v.boolValue)]),
  );
}
