import type { ResolveStatement } from '@mandate/contracts';
import type { ContractCommand } from '../commands';
import type { Contract } from '../contract';
import { decide } from '../decide';
import { decideVerdict, type JobVerdict } from '../decide-verdict';
import type { ContractEvent } from '../events';
import { evolve } from '../evolve';
import type { Facts } from '../facts';
import { decideIncident, evolveIncident, type Incident, type IncidentCommand, type IncidentEvent } from '../incident';
import { CONTRACT_ID, DAY, decision, eligible, FOUNDER, facts, NOW, signedByFounder } from './fixtures';

const LEFT = [{ capability: 'api_rate_limit', detail: 'requests_per_minute is 200, was 100' }];

/** A recorded change with the contract before and after it. */
export interface Step {
  readonly from: Contract;
  readonly event: ContractEvent;
  readonly to: Contract;
}

/** What must hold after every command. */
export interface Checks {
  step(step: Step): void;
  contract(contract: Contract): void;
}

/** A contract with its incident as the service keeps them, everything recorded, and the world around them. */
export class Machine {
  contract: Contract = eligible();
  incident: Incident | null = null;
  now = NOW;
  isHealthy = true;
  isFrozen = false;
  jobAttempt = 1;
  readonly log: Step[] = [];
  private keys = 0;

  constructor(readonly checks: Checks) {}

  get facts(): Facts {
    const health = { SYSTEM: this.isHealthy ? ('HEALTHY' as const) : ('DEGRADED' as const) };
    return facts({ health, frozen: this.isFrozen ? ['api_rate_limit'] : [] });
  }

  /** A key that was not used before. */
  key(): string {
    return `k${++this.keys}`;
  }

  do(command: ContractCommand): readonly ContractEvent[] {
    return this.take(decide(command, this.contract, this.facts, this.now));
  }

  /** What timers do: all that is due, as often as it is due. */
  fire(): void {
    while (this.do({ type: 'review-due' }).length > 0);
    this.do({ type: 'try-activation' });
  }

  conclude(kind: JobVerdict['kind'], verdict: JobVerdict['verdict']): void {
    const said = { kind, verdict, jobAttempt: this.jobAttempt, isFinal: true, reason: 'as seen' };
    const { contract, incident } = this;
    const job = { attempt: this.jobAttempt, leftBehind: LEFT };
    const matter = { contract, incident, job, incidentId: 'i1', incidentTitle: contract.terms.title };
    const decided = decideVerdict(said, matter, this.facts, this.now);
    this.take(decided.contract);
    this.onIncident(decided.incident);
  }

  command(command: IncidentCommand): void {
    if (this.incident) this.onIncident(decideIncident(command, this.incident, this.facts, this.now));
  }

  resolve(): void {
    const statement: ResolveStatement = {
      format: 'mandate-resolve-v1',
      purpose: 'RESOLVE',
      contract_id: CONTRACT_ID,
      incident_id: 'i1',
      incident_version: this.incident?.version ?? 0,
      reason: 'Put back by hand.',
      founder: FOUNDER.founder,
      session_id: 's1',
      nonce: 'n1',
      not_after: this.now + DAY,
    };
    this.command({ type: 'resolve', actor: FOUNDER.founder, signed: signedByFounder(statement) });
  }

  decision(text: string | null = null) {
    return decision(this.key(), text);
  }

  private take(events: readonly ContractEvent[]): readonly ContractEvent[] {
    for (const event of events) {
      const from = this.contract;
      this.contract = evolve(from, event);
      this.log.push({ from, event, to: this.contract });
    }
    return events;
  }

  private onIncident(events: readonly IncidentEvent[]): void {
    for (const event of events) this.incident = evolveIncident(this.incident, event);
  }
}
