import type { ContractCommand } from '../commands';
import type { Contract } from '../contract';
import { decide } from '../decide';
import type { ContractEvent } from '../events';
import { evolve } from '../evolve';
import type { Facts } from '../facts';
import { facts, NOW } from './fixtures';

interface Then {
  readonly events: readonly ContractEvent[];
  readonly contract: Contract;
}

/** `given(contract).when(command)`: what was decided, and the contract after it. */
export function given(contract: Contract) {
  return {
    when(command: ContractCommand, at: number = NOW, about: Facts = facts()): Then {
      const events = decide(command, contract, about, at);
      return { events, contract: events.reduce<Contract>((c, e) => evolve(c, e), contract) };
    },
  };
}

/** The codes of what was recorded; for refusals. */
export const codes = (then: Then): (string | null)[] => then.events.map((e) => e.code);
export const types = (then: Then): string[] => then.events.map((e) => e.type);
