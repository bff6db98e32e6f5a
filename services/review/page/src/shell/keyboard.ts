import { useEffect, useRef } from 'react';

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/**
 * Single keys that do something while the component is shown; not while somebody types or a dialog is open. A sequence is
 * written with a space: `g a`.
 */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    let before = '';
    const onKey = (event: KeyboardEvent): void => {
      const isElsewhere =
        event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target);
      if (isElsewhere || document.querySelector('[role="dialog"]')) return;
      const run = current.current[`${before} ${event.key}`] ?? current.current[event.key];
      before = event.key;
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
