import type { ServerResponse } from 'node:http';
import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { type EventPosition, eventId, positionOf, type StoredEvent } from '../adapters/event.store';
import { EventHub } from './event-hub';
import { FounderGuard } from './founder.guard';
import type { HttpRequest } from './http';
import { badRequest } from './problem';

const HEARTBEAT_MS = 15_000;
/** Then the client comes again and is asked again who it is: a stream does not outlive its session for long. */
const STREAM_MS_MAX = 300_000;
/** A client that does not read is let go rather than kept in memory; it resumes where it stood. */
const UNREAD_BYTES_MAX = 1_048_576;

interface RawReply {
  hijack(): void;
  readonly raw: ServerResponse;
}

@Controller('api/v1/events')
@UseGuards(FounderGuard)
export class FollowEvents {
  constructor(private readonly hub: EventHub) {}

  /** Server-sent events. `Last-Event-ID` resumes; where that is no longer kept, `reset` says to read everything again. */
  @Get()
  async follow(@Req() request: HttpRequest, @Res() reply: RawReply): Promise<void> {
    const from = lastSeenBy(request);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, HEADERS);
    raw.write('retry: 1000\n\n');
    const heartbeat = setInterval(() => raw.write(': \n\n'), HEARTBEAT_MS).unref();
    const parting = setTimeout(() => raw.end(), STREAM_MS_MAX).unref();
    let stop: () => void = () => undefined;
    raw.once('close', () => {
      clearInterval(heartbeat);
      clearTimeout(parting);
      stop();
    });
    try {
      const watched = await this.hub.watch({ send: (events) => send(raw, events), end: () => raw.end() }, from);
      stop = watched.stop;
      if (watched.hasGap) raw.write(`event: reset\ndata: {"why":"what happened in between is no longer kept"}\n\n`);
      if (raw.destroyed) stop();
    } catch {
      raw.destroy(); // the client tries again by itself
    }
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Ended, it must not linger as an idle connection that keeps this replica from going.
  connection: 'close',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

function lastSeenBy({ headers }: HttpRequest): EventPosition | null {
  const given = headers['last-event-id'];
  if (given === undefined || given === '') return null;
  const position = positionOf(String(given));
  if (!position) throw badRequest('Last-Event-ID is the id of an event that came from here.', 'last-event-id');
  return position;
}

function send(raw: ServerResponse, events: readonly StoredEvent[]): void {
  const text = events.map((e) => `id: ${eventId(e)}\nevent: ${e.name}\ndata: ${JSON.stringify(e.body)}\n\n`).join('');
  raw.write(text);
  if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy();
}
