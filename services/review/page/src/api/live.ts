import { useSyncExternalStore } from 'react';
import { EventLines, type ServerEvent } from './event-lines';
import { queryClient } from './queries';

/** Whether changes arrive as they happen; `since` is when that last began or ended. */
export interface Liveness {
  readonly state: 'connecting' | 'live' | 'stale';
  readonly since: number;
}

/** The service sends a heartbeat every 15 s: after two that did not come nothing can be relied on. */
const SILENCE_MS_MAX = 35_000;
const RECONNECT_MS = { first: 500, max: 10_000 };
/** Events come in bursts, one per hop; one reading answers them all. */
const GATHER_MS = 150;

let liveness: Liveness = { state: 'connecting', since: Date.now() };
const listeners = new Set<() => void>();

function become(state: Liveness['state']): void {
  if (liveness.state === state) return;
  liveness = { state, since: Date.now() };
  for (const listener of listeners) listener();
}

export function useLiveness(): Liveness {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => liveness,
  );
}

/**
 * Follows the service's events and has everything that an event is about read again. Read by fetch: unlike an EventSource it
 * resumes where it stood after any failure, and can tell silence from quiet.
 *
 * @returns what ends it
 */
export function followEvents(): () => void {
  const ended = new AbortController();
  void follow(ended.signal);
  return () => ended.abort();
}

async function follow(ended: AbortSignal): Promise<void> {
  let lastId: string | null = null;
  for (let pauseMs = RECONNECT_MS.first; !ended.aborted; pauseMs = Math.min(pauseMs * 2, RECONNECT_MS.max)) {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    ended.addEventListener('abort', abort);
    try {
      await readEvents(lastId, attempt, (event) => {
        lastId = event.id ?? lastId;
        refresh(event);
      });
      pauseMs = RECONNECT_MS.first;
    } catch {
      // Said by the state: the page shows since when it is not live.
    } finally {
      ended.removeEventListener('abort', abort);
    }
    if (ended.aborted) return;
    become('stale');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function readEvents(
  lastId: string | null,
  attempt: AbortController,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  let watchdog = setTimeout(() => attempt.abort(), SILENCE_MS_MAX);
  try {
    const response = await fetch('/api/v1/events', {
      headers: { accept: 'text/event-stream', ...(lastId ? { 'last-event-id': lastId } : {}) },
      signal: attempt.signal,
    });
    if (response.status === 401) void queryClient.invalidateQueries({ queryKey: ['session'] });
    if (!response.ok || !response.body) throw new Error(`events: ${response.status}`);
    const wasStale = liveness.state === 'stale';
    become('live');
    // What happened while nobody listened, in case it is no longer kept.
    if (wasStale) void queryClient.invalidateQueries();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const lines = new EventLines();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => attempt.abort(), SILENCE_MS_MAX);
      for (const event of lines.take(value)) onEvent(event);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

const waiting = new Map<string, readonly string[]>();

function refresh({ name, data }: ServerEvent): void {
  for (const key of keysOf(name, data)) {
    const id = key.join(' ');
    if (waiting.has(id)) continue;
    waiting.set(id, key);
    setTimeout(() => {
      waiting.delete(id);
      void queryClient.invalidateQueries({ queryKey: key });
    }, GATHER_MS);
  }
}

function keysOf(name: string, data: string): readonly (readonly string[])[] {
  if (name === 'reset') return [['contract'], ['queue'], ['attention']];
  if (name === 'health') return [['contract'], ['attention']];
  const { contract_id } = JSON.parse(data) as { contract_id?: string | null };
  return [...(contract_id ? [['contract', contract_id]] : []), ['queue'], ['attention']];
}
