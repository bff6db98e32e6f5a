import { type JudgedProposal, type RuleParameters, reservationsOf } from '@mandate/judgement';
import { type HealthView, type Outgoing, Reference, Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { toGiven } from '../adapters/eligibility-judged.wire';
import { governanceSignals } from '../adapters/health-changed.wire';
import type { ReceivedProposal } from '../adapters/proposal-made.wire';
import { ReservationStore } from '../adapters/reservation.store';
import { VerdictStore } from '../adapters/verdict.store';
import { RULES } from '../config';
import { judgeInOrder } from '../domain/judge-in-order';

/** Judging itself, for the two ways in: a proposal that has just come, and one that has waited. */
@Injectable()
export class Gate {
  constructor(
    private readonly reference: Reference,
    private readonly verdicts: VerdictStore,
    private readonly reservations: ReservationStore,
    @Inject(RULES) private readonly rules: RuleParameters,
  ) {}

  /**
   * Judges proposals in this order, keeps the verdicts and what they reserve, and says them. The number of statements
   * does not depend on the number of proposals.
   */
  async judge(tx: Tx, proposals: readonly ReceivedProposal[], health: HealthView, now: number): Promise<Outgoing[]> {
    if (proposals.length === 0) return [];
    const registry = await this.reference.registry(tx);
    const touched = [...new Set(proposals.flatMap(({ proposal }) => capabilitiesIn(proposal)))];
    const wanted = proposals.flatMap(({ proposal }) => reservationsOf(proposal, now)).map((r) => r.target);
    const targets = [...new Set(wanted)].filter((t) => registry.capabilities.has(t.split('#', 1)[0] as string));
    const judgements = judgeInOrder(
      proposals,
      {
        registry,
        healths: { health_version: health.healthVersion, system_health: health.stateOf('SYSTEM') },
        signals: governanceSignals(health, touched),
        rivals: await this.rivals(tx, targets, proposals),
        now,
      },
      this.rules,
    );
    const given = judgements.map(toGiven);
    await this.verdicts.append(tx, given, now);
    await this.reservations.reserve(
      tx,
      given.flatMap((g) => g.reserved),
    );
    return given.map((g) => g.outgoing);
  }

  /** E-006: the targets are locked before anybody looks who has them, so that of racing processes one gets them. */
  private async rivals(tx: Tx, targets: readonly string[], proposals: readonly ReceivedProposal[]) {
    const revised = proposals.filter(({ value }) => value.revision > 0).map(({ value }) => value.issue_id);
    const isOff = this.rules.rival_window_ms === 0;
    await this.reservations.lock(tx, { issueIds: revised, targets: isOff ? [] : targets });
    return isOff || targets.length === 0 ? [] : this.reservations.rivals(tx, targets);
  }
}

function capabilitiesIn({ affected_capabilities, suggested_changes }: JudgedProposal): readonly string[] {
  return [...affected_capabilities, ...suggested_changes.map((c) => c.capability)];
}
