import { type Json, ReviewWorld } from './review-world';

interface Event {
  readonly id: string | null;
  readonly name: string;
  readonly body: Json;
}

describe('what is told as it happens', () => {
  let w: ReviewWorld;
  beforeAll(async () => {
    w = await ReviewWorld.open();
  }, 60_000);
  afterAll(() => w?.close());

  it('is every change of a contract, once, and goes on where a client stood (Last-Event-ID)', async () => {
    const first = await Stream.open(w);
    const story = await w.told();
    const seen = await first.next((e) => e.name === 'contract' && e.body.contract_id === story.contractId);
    expect(seen.body).toEqual({ contract_id: story.contractId, version: 3, status: 'ELIGIBLE' });
    first.close();
    const answering = w.reject(story);
    await story.answered(await w.decided(story), 'REJECTED');
    await answering;
    const second = await Stream.open(w, seen.id as string);
    const missed = await second.next((e) => e.name === 'contract' && e.body.contract_id === story.contractId);
    expect(missed.body).toMatchObject({ version: 4, status: 'REJECTED' });
    const later = await w.told();
    await second.next((e) => e.body.contract_id === later.contractId);
    second.close();
    const ids = second.heard.map((e) => e.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(seen.id);
  });

  it('is the same for everybody who watches, and health when it moves', async () => {
    const streams = await Promise.all([Stream.open(w), Stream.open(w)]);
    await w.world.sayHealth('api_rate_limit', 'DEGRADED', 7);
    const heard = await Promise.all(streams.map((s) => s.next((e) => e.name === 'health')));
    expect(heard[0]).toEqual(heard[1]);
    expect(heard[0]?.body).toMatchObject({ scope: 'api_rate_limit', state: 'DEGRADED' });
    for (const stream of streams) stream.close();
  });

  it('says to read everything again where what was missed is no longer kept', async () => {
    const stream = await Stream.open(w, '1-1');
    expect((await stream.next((e) => e.name === 'reset')).body.why).toContain('no longer kept');
    stream.close();
  });

  it('is refused for an id that is none', async () => {
    const headers = { authorization: `Bearer ${w.issuer.token()}`, 'last-event-id': 'yesterday' };
    const response = await fetch(w.url('/api/v1/events'), { headers });
    expect([response.status, ((await response.json()) as Json).field]).toEqual([400, 'last-event-id']);
  });
});

/** A client as a browser's EventSource is one. */
class Stream {
  readonly heard: Event[] = [];
  private text = '';

  private constructor(private readonly abort: AbortController) {}

  static async open(w: ReviewWorld, lastEventId?: string): Promise<Stream> {
    const abort = new AbortController();
    const headers: Record<string, string> = { authorization: `Bearer ${w.issuer.token()}` };
    if (lastEventId) headers['last-event-id'] = lastEventId;
    const response = await fetch(w.url('/api/v1/events'), { headers, signal: abort.signal });
    expect(response.headers.get('content-type')).toMatch('text/event-stream');
    const stream = new Stream(abort);
    void stream.read(response.body as ReadableStream<Uint8Array>).catch(() => undefined);
    return stream;
  }

  async next(fits: (event: Event) => boolean): Promise<Event> {
    for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 20) {
      const event = this.heard.find(fits);
      if (event) return event;
      await new Promise((r) => setTimeout(r, 20));
    }
    throw new Error(`no such event; heard ${JSON.stringify(this.heard)}`);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (this.text + Buffer.from(chunk).toString()).split('\n\n');
      this.text = blocks.pop() as string;
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
        const [name, data] = [field('event'), field('data')];
        if (name && data) this.heard.push({ id: field('id'), name, body: JSON.parse(data) });
      }
    }
  }
}
