/** One server-sent event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
  readonly id: string | null;
}

/** Reads server-sent events from text that arrives in any pieces. */
export class EventLines {
  private rest = '';
  private name = 'message';
  private data: string[] = [];
  private id: string | null = null;

  /** The events that are complete with this piece. */
  take(piece: string): ServerEvent[] {
    this.rest += piece;
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): ServerEvent[] {
    if (line === '') return this.end();
    const colon = line.indexOf(':');
    if (colon === 0) return []; // a comment: the heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return [];
  }

  private end(): ServerEvent[] {
    const event = { name: this.name, data: this.data.join('\n'), id: this.id };
    const isEmpty = this.data.length === 0;
    this.name = 'message';
    this.data = [];
    return isEmpty ? [] : [event];
  }
}
