import { citing, Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { IncidentStore } from '../adapters/incident.store';
import { toIncidentNews } from '../adapters/incident-changed.wire';
import { addressOf, UpdateLedger } from '../adapters/update-ledger';
import { type IncidentNews, tellIncident } from '../domain/tell-incident';

@Controller()
export class OnIncidentChanged {
  constructor(private readonly incidents: IncidentStore) {}

  /** How the undoing of a harmful change ended is told to its CRM. */
  @Hop('IncidentChanged')
  async handle(batch: HopBatch<'IncidentChanged'>, tx: Tx): Promise<Outgoing[]> {
    const heard = batch.messages.map((m) => {
      const { source_system: sourceSystem, reference } = m.value.origin;
      return { m, news: toIncidentNews(m), address: addressOf({ sourceSystem, reference }) };
    });
    const ledger = await UpdateLedger.open(
      tx,
      heard.map((h) => h.address),
      batch.now,
    );
    const before = await this.incidents.heard(
      tx,
      heard.map((h) => h.news.incidentId),
    );
    const newest = new Map<string, IncidentNews>();
    const outgoing: Outgoing[] = [];
    for (const { m, news, address } of heard) {
      const known = newest.get(news.incidentId) ?? before.get(news.incidentId) ?? null;
      if (known && known.version >= news.version) continue; // FLOW-002
      newest.set(news.incidentId, news);
      const told = tellIncident(news, known?.state ?? null);
      if (!told) continue;
      const cause = { cites: citing(m), issueId: news.issueId, planDigest: m.link.planDigest };
      outgoing.push(
        ledger.tell(address, told, {
          ...cause,
          aggregate: `incident/${news.incidentId}`,
          aggregateVersion: news.version,
        }),
      );
    }
    await this.incidents.save(tx, [...newest.values()]);
    await ledger.save(tx);
    return outgoing;
  }
}
