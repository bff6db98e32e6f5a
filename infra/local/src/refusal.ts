/** An expected "no" of the local stack: its message is one sentence and what to do. Printed without a stack trace. */
export class StackRefusal extends Error {
  override readonly name = 'StackRefusal';
}
