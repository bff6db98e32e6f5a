import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { HistoryView, toHistoryItem } from '../adapters/history.view';
import { ReviewEventStore } from '../adapters/review-event.store';
import { FounderGuard } from './founder.guard';
import { idOf } from './http';
import { refusalProblem } from './problem';

@Controller('api/v1/contracts/:id/history')
@UseGuards(FounderGuard)
export class ShowHistory {
  constructor(
    private readonly history: HistoryView,
    private readonly events: ReviewEventStore,
  ) {}

  /** Recorded changes and review actions, refused ones too, in order of time. */
  @Get()
  async show(@Param('id') id: string) {
    const contractId = idOf(id);
    const [changes, events] = await Promise.all([this.history.changes(contractId), this.events.of(contractId)]);
    if (changes.length === 0 && events.length === 0) throw refusalProblem({ code: 'NOT_FOUND' });
    const items = [...changes, ...events.map(toHistoryItem)];
    return { contract_id: contractId, history: items.sort((a, b) => a.at.localeCompare(b.at)) };
  }
}
