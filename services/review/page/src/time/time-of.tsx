import { useSyncExternalStore } from 'react';
import { local, relative, utc } from './moment';

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The present time, told once a second to whoever shows it. */
export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        now = Date.now();
        for (const each of listeners) each();
      }, 1_000);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    () => now,
  );
}

/** An instant in the reader's zone, with UTC on hover. */
export function At({ time }: { readonly time: string }) {
  const at = Date.parse(time);
  return (
    <time dateTime={time} title={utc(at)}>
      {local(at, Date.now())}
    </time>
  );
}

/** How far an instant is from now; the instant itself on hover. */
export function Ago({ time }: { readonly time: string }) {
  const at = Date.parse(time);
  const present = useNow();
  return (
    <time dateTime={time} title={`${local(at, present)} · ${utc(at)}`}>
      {relative(at, present)}
    </time>
  );
}
