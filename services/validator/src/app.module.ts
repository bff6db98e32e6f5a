import { Module } from '@nestjs/common';
import { OriginalStore } from './adapters/original.store';
import { OnCapabilityChanged } from './handlers/on-capability-changed.handler';
import { OnContractChanged } from './handlers/on-contract-changed.handler';
import { OnIssueReceived } from './handlers/on-issue-received.handler';

@Module({
  controllers: [OnIssueReceived, OnContractChanged, OnCapabilityChanged],
  providers: [OriginalStore],
})
export class AppModule {}
