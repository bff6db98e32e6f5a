const delayMsFirst = 500;
const delayMsMax = 30_000;
const upMsThatForgives = 60_000;

/**
 * How long to wait before a process that ended is started again: 0.5 s, doubled each time up to 30 s; from the
 * beginning again once it had been up for a minute.
 *
 * @param delayMsBefore  the previous delay; undefined at the first end
 * @param upMs           how long the process had been up
 */
export function restartDelayMs(delayMsBefore: number | undefined, upMs: number): number {
  if (delayMsBefore === undefined || upMs >= upMsThatForgives) return delayMsFirst;
  return Math.min(delayMsMax, delayMsBefore * 2);
}
