import { CLOCK, type Clock, citingOutside, HopServer, Keyring, LOGGER, Outlet } from '@mandate/service-kit';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type ExecutorConfig } from '../config';
import { type Catalogue, decideCatalogue } from '../domain/catalogue';
import { toCapabilityChanged } from './capability-changed.wire';
import { readCatalogue } from './catalogue.file';
import { Drivers } from './drivers';
import { RegistryStore } from './registry.store';

const BY_CATALOGUE = { cause: 'DEFINITION', contractId: null, jobId: null, issueId: null } as const;

/** Applies a newer catalogue at start, before anything is decided (AM-20). */
@Injectable()
export class CatalogueSeeder implements OnModuleInit {
  constructor(
    private readonly server: HopServer,
    private readonly registries: RegistryStore,
    private readonly outlet: Outlet,
    private readonly keyring: Keyring,
    private readonly drivers: Drivers,
    @Inject(CONFIG) private readonly config: ExecutorConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const catalogue = readCatalogue(this.config.CATALOGUE_FILE, this.config.SAMPLE_APP_URL);
    this.server.beforeDeciding(() => this.apply(catalogue));
  }

  /** @throws Error with the sentence that refuses the start */
  async apply(catalogue: Catalogue): Promise<void> {
    const digest = Buffer.from(catalogue.digest, 'hex');
    const now = this.clock.now();
    const outcome = await this.outlet.act(async (tx) => {
      const registry = await this.registries.lock(tx, 'all');
      const applied = registry.catalogue && {
        version: registry.catalogue.version,
        digest: registry.catalogue.digest.toString('hex'),
      };
      const { catalogue_digests: allowedDigests } = this.keyring.manifest;
      const decision = decideCatalogue(catalogue, {
        allowedDigests,
        applied,
        states: registry.states,
        drivers: this.drivers.reversible,
      });
      if (decision.kind === 'refuse') throw new Error(decision.sentence);
      if (decision.kind === 'nothing') return { result: decision.why, outgoing: [] };
      registry.catalogue = { version: catalogue.version, digest, size: catalogue.capabilities.length };
      await this.registries.addCatalogue(tx, registry.catalogue, now);
      for (const state of decision.states) registry.put(state, BY_CATALOGUE);
      await this.registries.save(tx, registry, now);
      const outgoing = registry.changes.map((c) => toCapabilityChanged(c, citingOutside(digest), null, now));
      return { result: `${outgoing.length} capabilities are defined by it`, outgoing };
    });
    this.logger.info(`catalogue version ${catalogue.version}: ${outcome}`);
  }
}
