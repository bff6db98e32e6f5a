import { newId } from '@mandate/contracts';
import type { ContractChanged } from '@mandate/schemas';
import {
  citing,
  Hop,
  type HopBatch,
  Keyring,
  type Message,
  type Outgoing,
  Reference,
  Timers,
  Tx,
  UnauthorisedFault,
} from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { liveOf, toCapabilityChanged } from '../adapters/capability-changed.wire';
import { checkIdentity, readOrder } from '../adapters/contract-changed.wire';
import { JobStore, type StoredJob } from '../adapters/job.store';
import { toJobChanged } from '../adapters/job-changed.wire';
import { JobLedger } from '../adapters/job-ledger';
import { type LockedRegistry, RegistryStore } from '../adapters/registry.store';
import { hasEnded, type Job, snapshotsOf } from '../domain/job';
import { madeFinal } from '../domain/make-final';
import { newChangeJob, newRollbackJob } from '../domain/new-job';

type Contract = Message<ContractChanged>;

/**
 * ACTIVE orders the CHANGE job (SM-001), FAILED the ROLLBACK job (JOB-003, SM-004), COMPLETED makes provisional state
 * final (SM-005). Only a message said under an edge with effect is an order; all else is passed over.
 */
@Controller()
export class OnContractChanged {
  constructor(
    private readonly jobs: JobStore,
    private readonly registries: RegistryStore,
    private readonly reference: Reference,
    private readonly keyring: Keyring,
    private readonly timers: Timers,
  ) {}

  @Hop('ContractChanged')
  async handle(batch: HopBatch<'ContractChanged'>, tx: Tx): Promise<Outgoing[]> {
    const { now } = batch;
    const orders = batch.messages.filter(
      (m) => m.edge.effect && ['ACTIVE', 'FAILED', 'COMPLETED'].includes(m.link.says),
    );
    if (orders.length === 0) return [];
    const ledger = new JobLedger(
      await this.jobs.lock(
        tx,
        'contract_id',
        orders.map((m) => m.value.contract_id),
      ),
      'ContractChanged',
    );
    const registry = await this.registries.lock(tx, [...new Set(orders.flatMap((m) => m.value.affected_capabilities))]);
    const outgoing: Outgoing[] = [];
    for (const order of orders) {
      if (order.link.says === 'ACTIVE') this.orderChange(order, ledger, registry, now);
      else if (order.link.says === 'FAILED') this.orderRollback(order, ledger, registry, now);
      else outgoing.push(...makeFinal(order, ledger, registry, now));
    }
    await this.registries.save(tx, registry, now);
    await this.jobs.save(tx, ledger.changes());
    const made = ledger.changes().filter((c) => c.before === null && !hasEnded(c.job));
    await this.timers.set(
      tx,
      'job',
      made.map((c) => ({ aggregateId: c.job.jobId, dueAt: now })),
    );
    const { healthVersion } = await this.reference.health(now, tx);
    const basis = { registryVersion: registry.version, healthVersion };
    return [...outgoing, ...ledger.changes().map((c) => toJobChanged(c, basis, now))];
  }

  /** SM-006, CONTRACT-003: one CHANGE job; a contract that says ACTIVE again gets no second one. */
  private orderChange(message: Contract, ledger: JobLedger, registry: LockedRegistry, now: number): void {
    const order = readOrder(message, this.keyring.manifest.founders);
    const { contract_id: contractId } = message.value;
    if (ledger.find(contractId, 'CHANGE')) return;
    if (ledger.find(contractId, 'ROLLBACK'))
      throw new UnauthorisedFault('CONTRACT_HAS_FAILED', `contract ${contractId} was rolled back before`);
    const about = {
      jobId: newId(now),
      contractId,
      terms: order.terms,
      lastVersion: ledger.lastVersion(contractId),
      now,
    };
    ledger.add(
      stored(
        newChangeJob(about, order.changes, (c) => registry.states.get(c)),
        message,
      ),
    );
  }

  private orderRollback(message: Contract, ledger: JobLedger, registry: LockedRegistry, now: number): void {
    checkIdentity(message);
    const { contract_id: contractId, affected_capabilities: affected } = message.value;
    let change = ledger.find(contractId, 'CHANGE');
    checkPlan(message, change);
    if (ledger.find(contractId, 'ROLLBACK')) return;
    if (change && !hasEnded(change)) {
      const snapshots = snapshotsOf(affected, (c) => presentOf(registry, c));
      const reason = 'the contract failed before the job had ended';
      change = ledger.record(
        change.jobId,
        { type: 'ended', state: 'FAILED', code: 'CONTRACT_FAILED', reason, snapshots },
        now,
      );
    }
    const terms = change?.terms ?? {
      affected,
      windowStart: now,
      windowEnd: now,
      constraints: message.value.constraints,
    };
    const about = { jobId: newId(now), contractId, terms, lastVersion: ledger.lastVersion(contractId), now };
    ledger.add(stored(newRollbackJob(about, change), message));
  }
}

/** SM-005, JOB-005: only what a finished CHANGE job of this contract left is made final, once it passed its audit. */
function makeFinal(message: Contract, ledger: JobLedger, registry: LockedRegistry, now: number): Outgoing[] {
  checkIdentity(message);
  const { contract_id: contractId, issue_id: issueId, affected_capabilities: affected } = message.value;
  const change = ledger.find(contractId, 'CHANGE');
  checkPlan(message, change);
  const states = madeFinal(contractId, affected, change, (c) => registry.states.get(c));
  if (!states)
    throw new UnauthorisedFault('NO_COMPLETED_JOB', `contract ${contractId} has no completed job to make final`);
  const from = registry.changes.length;
  for (const state of states) registry.put(state, { cause: 'FINAL', contractId, jobId: null, issueId });
  return registry.changes.slice(from).map((c) => toCapabilityChanged(c, citing(message), message.link.planDigest, now));
}

/** That a later order is about the plan that the job was made from. @throws UnauthorisedFault */
function checkPlan({ link, value }: Contract, change: StoredJob | null): void {
  if (change && !change.planDigest.equals(link.planDigest)) {
    throw new UnauthorisedFault(
      'PLAN_SWAPPED',
      `contract ${value.contract_id}: its plan is not the one that was executed`,
    );
  }
}

function stored(job: Job, { value, link, mandate }: Contract): StoredJob {
  return { ...job, issueId: value.issue_id, origin: value.origin, planDigest: link.planDigest, cites: mandate };
}

function presentOf(registry: LockedRegistry, capability: string) {
  const state = registry.states.get(capability);
  return state && { version: state.version, live: liveOf(state) };
}
