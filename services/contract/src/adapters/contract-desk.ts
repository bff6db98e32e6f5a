import type { Outgoing, Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Facts } from '../domain/facts';
import { ContractStore } from './contract.store';
import { ContractBook } from './contract-book';
import type { StoredContract } from './contract-row';
import { ContractTimers } from './contract-timers';

/** Opens a book for a batch and closes it: stores what was recorded, sets the timers, hands over what to say. */
@Injectable()
export class ContractDesk {
  constructor(
    private readonly contracts: ContractStore,
    private readonly timers: ContractTimers,
  ) {}

  open(stored: readonly StoredContract[], facts: Facts, now: number): ContractBook {
    const { registry, health, periods } = facts;
    const basis = { registryVersion: registry.registry_version, healthVersion: health.healthVersion };
    return new ContractBook(stored, basis, periods, now);
  }

  async close(tx: Tx, book: ContractBook): Promise<readonly Outgoing[]> {
    await this.contracts.save(tx, book);
    await this.timers.follow(tx, book);
    return book.outgoing;
  }
}
