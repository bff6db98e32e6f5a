import { apply, emptySettings, type Settings, undo } from './settings';

const start = emptySettings({ 'a#x': 1, a: { enabled: true, lifecycle: 'LAUNCHED' } });
const write = (from: number, to: number) => [{ target: 'a#x', from, to }];
const after = (decision: ReturnType<typeof apply>): Settings => (decision as { settings: Settings }).settings;

describe("the sample target's settings", () => {
  it('are written where they are as the message says, whatever the order of its keys', () => {
    expect(apply(start, 'k', write(1, 2))).toMatchObject({ status: 200, settings: { values: { 'a#x': 2 } } });
    const off = { enabled: false, lifecycle: 'LAUNCHED' };
    const writes = [{ target: 'a', from: { lifecycle: 'LAUNCHED', enabled: true }, to: off }];
    expect(apply(start, 'k', writes)).toMatchObject({ settings: { values: { a: off } } });
  });

  it('stay as they are where one place is not what the message says', () => {
    expect(apply(start, 'k', [...write(1, 2), { target: 'a', from: 7, to: 8 }])).toMatchObject({ status: 409 });
    expect(apply(start, 'k', [{ target: 'b', from: 1, to: 2 }])).toMatchObject({ status: 404 });
  });

  it('take a key once, and answer its repetition as before', () => {
    const once = after(apply(start, 'k', write(1, 2)));
    const moved = { ...once, values: { ...once.values, 'a#x': 9 } };
    expect(apply(moved, 'k', write(1, 2))).toEqual({ status: 200, settings: moved, text: 'done before' });
    expect(apply(once, 'k', write(2, 3))).toMatchObject({ status: 422 });
  });

  it('go back, once or as often as it is asked, and what comes late is not done any more', () => {
    const back = after(undo(after(apply(start, 'k', write(1, 2))), 'u', 'k', write(2, 1)));
    expect(back.values['a#x']).toBe(1);
    expect(undo(back, 'u', 'k', write(2, 1))).toMatchObject({ status: 200, text: 'done before' });
    const early = after(undo(start, 'u', 'k', write(2, 1)));
    expect(apply(early, 'k', write(1, 2))).toMatchObject({ status: 409, text: 'it was undone before it came' });
  });
});
