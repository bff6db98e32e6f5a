import { derivedId } from '@mandate/contracts';
import type { JobChanged } from '@mandate/schemas';
import { LOGGER, type Message, type Outgoing, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { VerdictDecision, VerdictMatter } from '../domain/decide-verdict';
import type { Facts } from '../domain/facts';
import { decideIncident } from '../domain/incident';
import { AuditsStore, type KeptVerdict, type Verdict } from './audits.store';
import { storable } from './columns';
import { ContractStore } from './contract.store';
import type { ContractBook } from './contract-book';
import { ContractDesk } from './contract-desk';
import { ContractMetrics } from './contract-metrics';
import { FactsStore } from './facts.store';
import { HoldsStore } from './holds.store';
import { IncidentStore } from './incident.store';
import { IncidentBook } from './incident-book';
import { JobsStore, type KnownJob } from './jobs.store';

/** Everything that verdicts of one batch are about, locked. */
export interface VerdictSession {
  readonly facts: Facts;
  readonly book: ContractBook;
  readonly incidents: IncidentBook;
  readonly jobs: readonly KnownJob[];
  readonly kept: KeptVerdict[];
  readonly now: number;
}

/** Opens what verdicts are about, enters what was decided on each, and stores all of it. */
@Injectable()
export class VerdictDesk {
  constructor(
    private readonly facts: FactsStore,
    private readonly contracts: ContractStore,
    private readonly desk: ContractDesk,
    private readonly incidents: IncidentStore,
    private readonly jobs: JobsStore,
    private readonly audits: AuditsStore,
    private readonly holds: HoldsStore,
    private readonly metrics: ContractMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async open(tx: Tx, contractIds: readonly string[], now: number): Promise<VerdictSession> {
    const facts = await this.facts.read(tx, now);
    const book = this.desk.open(await this.contracts.lock(tx, contractIds), facts, now);
    const incidents = new IncidentBook(await this.incidents.lock(tx, contractIds), now);
    return { facts, book, incidents, jobs: await this.jobs.of(tx, contractIds), kept: [], now };
  }

  /** What a verdict is about; null if there is no such contract. */
  matterOf({ value }: Verdict, { book, incidents, jobs }: VerdictSession): VerdictMatter | null {
    const contract = book.get(value.contract_id)?.contract;
    if (!contract) return null;
    return {
      contract,
      incident: incidents.get(value.contract_id) ?? null,
      job: jobs.find((j) => j.contractId === value.contract_id && j.kind === value.kind) ?? null,
      incidentId: derivedId('incident of', value.contract_id),
      incidentTitle: storable(contract.terms.title),
    };
  }

  /** A rollback that runs again by an operator's command opens its incident again (AM-18). */
  rerun({ value, mandate }: Message<JobChanged>, { book, incidents, facts, now }: VerdictSession): void {
    const stored = book.get(value.contract_id);
    const incident = incidents.get(value.contract_id);
    if (!stored || !incident) return;
    const last = value.changes.at(-1);
    const actor = storable(last?.actor ?? 'executor');
    const command = { type: 'rollback-running' as const, actor, reason: last?.reason ? storable(last.reason) : null };
    incidents.record(stored, decideIncident(command, incident, facts, now), mandate);
  }

  enter(verdict: Verdict, decision: VerdictDecision, session: VerdictSession): void {
    const { value, mandate } = verdict;
    const { book, incidents, now } = session;
    const { outcome } = decision;
    book.record(value.contract_id, decision.contract, mandate);
    const stored = book.get(value.contract_id);
    if (stored) incidents.record(stored, decision.incident, mandate);
    session.kept.push({ verdict, outcome, receivedAt: now });
    if (outcome !== 'TOO_LATE') return;
    this.metrics.lateVerdicts.inc({ kind: value.kind });
    const what = `a ${value.verdict} on a ${value.kind} job came too late and changes nothing`;
    const { issue_id, contract_id, audit_id: audit } = value;
    this.logger.warn({ issue_id, contract_id, audit }, what);
  }

  async close(tx: Tx, { book, incidents, kept, now }: VerdictSession): Promise<readonly Outgoing[]> {
    await this.audits.keep(tx, kept);
    const said = await this.desk.close(tx, book);
    await this.incidents.save(tx, incidents);
    await this.holds.release(tx, incidents.released());
    await this.audits.countOutcomes(tx, [...book.moved.values()], now);
    return [...said, ...incidents.outgoing];
  }
}
