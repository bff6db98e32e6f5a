export { breaker } from './breaker';
export { kafkaClient } from './broker';
export { type Clock, systemClock, TestClock } from './clock';
export { ConfigError, duration, fileContent, integer, type KitConfig, kitShape, readConfig } from './config';
export { Database, Tx } from './database';
export { describeError } from './error-text';
export { backOffMs, isTransient, PermanentFault, TransientFault, UnauthorisedFault } from './faults';
export {
  type Batch,
  type DueTimer,
  Hop,
  type HopBatch,
  type Message,
  OnTimer,
  type RawMessage,
  type TimerBatch,
} from './hop';
export { HopServer } from './hop-server';
export { Keyring, type SignedApart } from './keyring';
export type { KitOverrides } from './kit.module';
export { idsOf, idsOfKey } from './logger';
export { ageSeconds, Metrics } from './metrics';
export { migrate } from './migrate';
export { type Operated, OperatorLog } from './operator-log';
export { Operators } from './operators';
export { type CrashPoint, Outlet } from './outlet';
export { Problem, ProblemFilter } from './problem';
export { type HealthView, healthView, Reference } from './reference';
export { type RunningService, runService, startService } from './run-service';
export { type Citation, citing, citingNothing, citingOutside, type Outgoing, type Saying, say } from './say';
export { Timers } from './timers';
export { CLOCK, LOGGER } from './tokens';
