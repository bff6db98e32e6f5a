import { checkpointBytes, checkpointDigest } from '@mandate/contracts';
import {
  CLOCK,
  type Clock,
  Database,
  Keyring,
  LOGGER,
  OnTimer,
  type Outgoing,
  type TimerBatch,
  Timers,
  Tx,
} from '@mandate/service-kit';
import { Controller, Inject, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CheckpointStore } from '../adapters/checkpoint.store';
import { EvidenceLedger } from '../adapters/evidence-ledger';
import { FindingsStore } from '../adapters/findings.store';
import { HolesStore } from '../adapters/holes.store';
import { type AuditorConfig, CONFIG } from '../config';

const KIND = 'checkpoint';

/** EVID-001: the auditor signs how far its evidence goes, so that whoever keeps a checkpoint can show that it was changed. */
@Controller()
export class EveryMinuteSignCheckpoint implements OnApplicationBootstrap {
  constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly ledger: EvidenceLedger,
    private readonly holes: HolesStore,
    private readonly findings: FindingsStore,
    private readonly keyring: Keyring,
    private readonly timers: Timers,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: AuditorConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.database.transaction((tx) => this.again(tx, this.clock.now()));
  }

  @OnTimer(KIND)
  async fire({ now }: TimerBatch, tx: Tx): Promise<Outgoing[]> {
    await this.ledger.prepare(tx, now);
    await this.findings.keep(tx, await this.holes.examine(tx, now), now);
    const checkpoint = await this.checkpoints.next(tx, now);
    if (checkpoint) {
      const signed = await this.keyring.signApart('mandate-checkpoint-v1', checkpointBytes(checkpoint), now);
      await this.checkpoints.keep(tx, checkpoint, signed);
      // Logs that are kept elsewhere are a copy that nobody here can change.
      const { number } = checkpoint;
      const digest = checkpointDigest(checkpoint).toString('hex');
      this.logger.info(
        { checkpoint: number, digest, key_id: signed.keyId, signature: signed.signature.toString('base64') },
        `checkpoint ${number} of the evidence is signed`,
      );
    }
    await this.again(tx, now + this.config.CHECKPOINT_EVERY);
    return [];
  }

  private again(tx: Tx, dueAt: number): Promise<void> {
    return this.timers.set(tx, KIND, [{ aggregateId: 'evidence', dueAt }]);
  }
}
