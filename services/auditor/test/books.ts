import type { CapabilityDefinition } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citingOutside } from '@mandate/service-kit';
import type { World } from '../../../infra/local/src/testing/world';

/** What the registry and health have come to; shared by the chains of one world. */
export class Books {
  registryVersion = 5;
  capabilityVersion = 1;
  healthVersion = 1;
  limit = 100;
  private constructor(
    private readonly world: World,
    private readonly defined: Messages['CapabilityChanged'],
  ) {}

  /** As the world was seeded. */
  static async open(world: World): Promise<Books> {
    await world.seed();
    await world.sayHealth('api_rate_limit', 'HEALTHY', 1);
    const heard = await world.next('CapabilityChanged', (m) => m.value.capability === 'api_rate_limit');
    return new Books(world, heard.value);
  }

  get definition(): CapabilityDefinition {
    return JSON.parse(this.defined.definition) as CapabilityDefinition;
  }

  get catalogueDigest(): Buffer {
    return this.defined.catalogue_digest;
  }

  /** A catalogue defines the session lifetime anew, as it is. */
  async define(): Promise<void> {
    this.registryVersion++;
    const heard = this.world.all('CapabilityChanged').findLast((m) => m.value.capability === 'session_lifetime');
    if (!heard) throw new Error('the session lifetime has not been defined');
    const version = heard.value.version + 1;
    const now = Date.now();
    await this.world.say('executor', {
      message: 'CapabilityChanged',
      key: 'session_lifetime',
      says: 'DEFINED',
      issueId: null,
      version,
      planDigest: null,
      cites: citingOutside(this.catalogueDigest),
      now,
      value: {
        ...heard.value,
        from_version: version - 1,
        version,
        registry_version: this.registryVersion,
        changed_at: now,
      },
    });
  }

  live(limit = this.limit) {
    return {
      enabled: true,
      lifecycle: 'LAUNCHED',
      values: { requests_per_minute: limit, burst: 20 },
      provisional_contract_id: null,
    };
  }

  /** Says SYSTEM as health; returns when. */
  async health(
    state: Messages['HealthChanged']['state'] = 'HEALTHY',
    signals: Messages['HealthChanged']['signals'] = [],
  ): Promise<number> {
    this.healthVersion++;
    const { world, healthVersion: version } = this;
    const now = Date.now();
    const scopes = [
      { scope: 'SYSTEM', version },
      { scope: 'api_rate_limit', version: 1 },
    ];
    await world.say('health', {
      message: 'HealthChanged',
      key: 'SYSTEM',
      says: state,
      issueId: null,
      version,
      planDigest: null,
      cites: { kind: 'nothing' },
      now,
      value: {
        scope: 'SYSTEM',
        from_version: version - 1,
        version,
        state,
        basis: 'own',
        signals,
        valid_until: now + 60_000,
        scope_versions: scopes,
        registry_version: this.registryVersion,
        changed_at: now,
      },
    });
    return now;
  }
}
