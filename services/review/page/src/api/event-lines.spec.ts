import { EventLines } from './event-lines';

describe('server-sent events', () => {
  it('come out whole, wherever the text is cut', () => {
    const text = ': here\n\nid: 7\nevent: contract\ndata: {"a":1}\n\nid: 8\r\nevent: job\r\ndata: x\r\ndata: y\r\n\r\n';
    for (let size = 1; size < text.length; size++) {
      const lines = new EventLines();
      const events = [];
      for (let i = 0; i < text.length; i += size) events.push(...lines.take(text.slice(i, i + size)));
      expect(events).toEqual([
        { id: '7', name: 'contract', data: '{"a":1}' },
        { id: '8', name: 'job', data: 'x\ny' },
      ]);
    }
  });

  it('are none where only heartbeats came', () => {
    expect(new EventLines().take(': a\n\n: b\n\n')).toEqual([]);
  });
});
