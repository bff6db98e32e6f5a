import { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { EndedJob, EvaluationFacts } from '../domain/evaluation';
import { haveSettled } from '../domain/evaluation-course';
import { isUnsettled } from '../domain/probe-decision';
import { SYSTEM } from '../domain/scope-state';
import { SILENCE_MS_MAX, watched } from '../domain/watch';
import { CapabilityHistoryStore } from './capability-history.store';
import { ContractScopeStore } from './contract-scope.store';
import { EvaluationStore, type PendingEvaluation } from './evaluation.store';
import { HealthStore } from './health.store';
import { toEndedJob } from './job-evaluated.wire';
import { ProbeStore } from './probe.store';
import { SignalStore } from './signal.store';
import { satisfiesSchema } from './value-schema';

/** Facts, and whether waiting a little could still add to them. */
export interface Gathered {
  readonly facts: EvaluationFacts;
  readonly isSettled: boolean;
}

/** Gathers what an evaluation rests on, from health's own records alone. */
@Injectable()
export class EvaluationFactsReader {
  constructor(
    private readonly evaluations: EvaluationStore,
    private readonly contracts: ContractScopeStore,
    private readonly capabilities: CapabilityHistoryStore,
    private readonly health: HealthStore,
    private readonly probes: ProbeStore,
    private readonly signals: SignalStore,
  ) {}

  async read(tx: Tx, pending: PendingEvaluation, now: number): Promise<Gathered> {
    const job = toEndedJob(pending.job);
    const undone = job.kind === 'ROLLBACK' ? await this.undone(tx, job.contractId) : null;
    const own = (await this.contracts.byIds(tx, [job.contractId])).get(job.contractId) ?? null;
    const named = [...job.capabilities.map((c) => c.capability), ...pending.job.steps.map((s) => s.change.capability)];
    const affected = [...new Set([...named, ...(own?.capabilities ?? [])])].sort();
    const range = await this.capabilities.since(tx, pending.startedAt, pending.job.registry_version);
    const others = range.records.flatMap((r) =>
      r.contractId === null || r.contractId === job.contractId ? [] : r.contractId,
    );
    const states = await this.capabilities.states(tx, versionsNamed(job, undone));
    const facts: EvaluationFacts = {
      job,
      contract: own,
      scopes: await this.scopes(tx, pending, [SYSTEM, ...affected], now),
      changes: range.records,
      isHistoryWhole: range.isWhole,
      states,
      undone,
      others: await this.contracts.byIds(tx, others),
      signals: await this.signals.raisedAfter(tx, [SYSTEM, ...affected], pending.startedAt),
      isValid: satisfiesSchema,
    };
    const isHeard =
      own !== null && range.isWhole && states.size === new Set(versionsNamed(job, undone).map(nameOf)).size;
    return { facts, isSettled: isHeard && (await this.haveProbesSettled(tx, pending, [SYSTEM, ...affected])) };
  }

  private async undone(tx: Tx, contractId: string): Promise<EndedJob | null> {
    const job = await this.evaluations.changeJob(tx, contractId);
    return job && toEndedJob(job);
  }

  private async scopes(
    tx: Tx,
    pending: PendingEvaluation,
    scopes: readonly string[],
    now: number,
  ): Promise<EvaluationFacts['scopes']> {
    const inheriting = await this.health.inheriting(tx, scopes);
    const sourceOf = (scope: string): string => (inheriting.has(scope) ? SYSTEM : scope);
    const said = await this.health.saidAfter(tx, scopes, pending.startedAt);
    const observed = await this.probes.observedAt(tx, scopes, pending.startedAt - SILENCE_MS_MAX);
    return scopes.map((scope) => {
      const source = sourceOf(scope);
      const record = {
        scope,
        before: pending.snapshot[scope] ?? ('UNKNOWN' as const),
        said: said.get(source) ?? [],
        observedAt: observed.get(source) ?? [],
      };
      return watched(record, pending.startedAt, now);
    });
  }

  private async haveProbesSettled(tx: Tx, pending: PendingEvaluation, scopes: readonly string[]): Promise<boolean> {
    const probes = [...(await this.probes.ofScopes(tx, scopes)).values()].flat();
    return haveSettled(
      pending,
      probes.map((p) => ({ observedAt: p.observedAt, isUnsettled: isUnsettled(p) })),
    );
  }
}

type Version = { readonly capability: string; readonly version: number };
const nameOf = (v: Version): string => `${v.capability}@${v.version}`;

function versionsNamed(job: EndedJob, undone: EndedJob | null): Version[] {
  return [...job.capabilities, ...(undone?.capabilities ?? [])].flatMap(({ capability, before, after }) => [
    { capability, version: before },
    { capability, version: after },
  ]);
}
