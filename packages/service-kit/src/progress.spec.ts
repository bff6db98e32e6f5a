import { Problem } from './problem';
import { answering, type HttpReply } from './progress';
import { shownValue } from './shown-value';

class Reply {
  readonly lines: string[] = [];
  sent: unknown = null;
  isHijacked = false;
  readonly raw = {
    on: () => undefined,
    writeHead: () => undefined,
    write: (line: string) => this.lines.push(line),
    end: () => undefined,
  };
  hijack(): void {
    this.isHijacked = true;
  }
  code(status: number) {
    return {
      send: (body: unknown) => {
        this.sent = { status, body };
      },
    };
  }
}
const to = (reply: Reply) => reply as unknown as HttpReply;
const LINES = 'application/x-ndjson, application/json';

describe('the answer to something that takes long', () => {
  it('is the result alone where no lines are wanted', async () => {
    const reply = new Reply();
    await answering(to(reply), 'application/json', async (progress) => {
      progress({ read: 1 });
      return { read: 2 };
    });
    expect([reply.sent, reply.lines]).toEqual([{ status: 200, body: { read: 2 } }, []]);
  });

  it('is a line for each progress, not too often, and one for the end', async () => {
    const reply = new Reply();
    await answering(to(reply), LINES, async (progress) => {
      for (let read = 1; read <= 100; read++) progress({ read });
      return { read: 100 };
    });
    expect(reply.lines).toEqual(['{"progress":{"read":1}}\n', '{"result":{"read":100}}\n']);
    expect([reply.isHijacked, reply.sent]).toEqual([true, null]);
  });

  it('is an ordinary problem before anything was told, and a line after it', async () => {
    const refused = new Problem(409, 'HISTORY_GONE', 'gone');
    const early = new Reply();
    await expect(answering(to(early), LINES, () => Promise.reject(refused))).rejects.toBe(refused);
    expect(early.isHijacked).toBe(false);
    const late = new Reply();
    await answering(to(late), LINES, async (progress) => {
      progress({ read: 1 });
      throw refused;
    });
    expect(JSON.parse(late.lines[1] as string)).toMatchObject({ problem: { code: 'HISTORY_GONE', detail: 'gone' } });
  });
});

it('shows a value with its bytes as text where they are text, else as hex', () => {
  const value = { a: [Buffer.from('{"x": 1}'), Buffer.from([0, 255])], b: { c: null, d: 7 } };
  expect(shownValue(value)).toEqual({ a: ['{"x": 1}', '00ff'], b: { c: null, d: 7 } });
});
