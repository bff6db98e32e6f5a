import { CLOCK, type Clock } from '@mandate/service-kit';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { AttentionStore } from '../adapters/attention.store';
import { contractPage } from '../adapters/contract.page';
import { toContractPage } from '../adapters/contract.view';
import { openContract } from '../adapters/contract-changed.wire';
import { PAGE_HEADERS } from '../adapters/html';
import { queuePage } from '../adapters/queue.page';
import { QueueStore } from '../adapters/queue.store';
import { CONFIG, type Config } from '../config';
import { ContractReader } from './contract-reader';
import { type HttpReply, type HttpRequest, idOf } from './http';
import { Problem, refusalProblem } from './problem';

const SHOWN_MAX = 200;
const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** A name that another site made point here must not read the page (DNS rebinding). */
const LOOPBACK_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** A page without sign-in that can only be read; this machine alone gets it, and only if it is switched on. */
@Controller()
export class ShowPage {
  constructor(
    private readonly queue: QueueStore,
    private readonly attention: AttentionStore,
    private readonly contracts: ContractReader,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  async list(@Req() request: HttpRequest, @Res({ passthrough: true }) reply: HttpReply) {
    this.refuseOthers(request);
    const [rows, attention] = await Promise.all([
      this.queue.page({}, 'expires_at', null, SHOWN_MAX),
      this.attention.read(this.clock.now()),
    ]);
    reply.headers(PAGE_HEADERS);
    return queuePage(
      rows.map((row) => openContract(row.value).contract),
      attention,
    );
  }

  @Get('contracts/:id')
  async one(@Param('id') id: string, @Req() request: HttpRequest, @Res({ passthrough: true }) reply: HttpReply) {
    this.refuseOthers(request);
    const view = await this.contracts.read(idOf(id), { subject: 'nobody' });
    if (!view) throw refusalProblem({ code: 'NOT_FOUND' });
    reply.headers(PAGE_HEADERS);
    return contractPage(toContractPage(view));
  }

  private refuseOthers({ socket, headers }: HttpRequest): void {
    const isHere = LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') && LOOPBACK_NAME.test(String(headers.host));
    if (this.config.READ_ONLY_PAGE === 'loopback' && isHere) return;
    const detail = 'The read-only page is off, or not for this address; use /api/v1 with a bearer token.';
    throw new Problem({ status: 404, title: 'Not found', code: 'PAGE_OFF', detail });
  }
}
