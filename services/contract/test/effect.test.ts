import { Hop, type HopBatch, type Outgoing, Reference, type Tx } from '@mandate/service-kit';
import { Controller, Module } from '@nestjs/common';
import { rateLimitChange } from '../../../infra/local/src/testing/world';
import { openStage, type Stage } from './stage';

jest.setTimeout(60_000);

const heard: { readonly contract: string; readonly says: string; readonly isEffect: boolean }[] = [];

/** Stands in the validator's place and writes down what every consumer is told about a message. */
@Controller()
class Listener {
  constructor(private readonly reference: Reference) {}

  @Hop('ContractChanged')
  onContract({ messages }: HopBatch<'ContractChanged'>, _tx: Tx): Promise<Outgoing[]> {
    for (const { value, link, edge } of messages)
      heard.push({ contract: value.contract_id, says: link.says, isEffect: edge.effect });
    return Promise.resolve([]);
  }

  @Hop('IssueReceived')
  onIssue(_batch: HopBatch<'IssueReceived'>, _tx: Tx): Promise<Outgoing[]> {
    return Promise.resolve([]);
  }

  @Hop('CapabilityChanged')
  onCapability(batch: HopBatch<'CapabilityChanged'>, tx: Tx): Promise<Outgoing[]> {
    return this.reference.applyCapabilities(batch, tx);
  }
}

@Module({ controllers: [Listener] })
class ListenerModule {}

describe('what other services are told of a decision that the contract service refused', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await stage.world.start('validator', ListenerModule);
  });
  afterAll(() => stage?.close());

  it('CHAIN-002: it is a record, though cause and state are those of the decision that took effect', async () => {
    const { chain } = stage;
    const contract = await chain.eligible([rateLimitChange(200)]);
    const version = (n: number) => chain.about(contract, (v) => v.version === n);
    const later = { window_start: Date.now() + 3_600_000 };
    const reject = () => chain.decide(contract, 'REJECT', { reason: 'Not this year.' });
    await chain.approve(contract, later);
    await version(4);
    await chain.approve(contract, later);
    await version(5);
    await reject();
    await version(6);
    await reject();
    await version(7);
    await chain.cancel(contract);
    await version(8);
    const about = () => heard.filter((h) => h.contract === contract.key);
    for (const end = performance.now() + 10_000; about().length < 6 && performance.now() < end; )
      await new Promise((r) => setTimeout(r, 20));
    expect(about().map((h) => `${h.says} ${h.isEffect ? 'effect' : 'record'}`)).toEqual([
      'ELIGIBLE effect',
      'APPROVED effect',
      'APPROVED record',
      'REJECTED effect',
      'REJECTED record',
      'REJECTED record',
    ]);
  });
});
