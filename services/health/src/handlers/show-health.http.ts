import { CLOCK, type Clock, Database, Operators, ProblemFilter } from '@mandate/service-kit';
import { Controller, Get, Headers, Inject, UseFilters } from '@nestjs/common';
import { signalJson } from '../adapters/signal.json';
import { SignalStore } from '../adapters/signal.store';
import { SYSTEM } from '../domain/scope-state';

const SHOWN_MAX = 500;

interface StateRow {
  readonly scope: string;
  readonly version: string;
  readonly state: string;
  readonly basis: string;
  readonly said_at: string | null;
  readonly probes: object[] | null;
  readonly alerts: object[] | null;
}

/** What operators look at: the states as they were said, the probes behind them, and the signals. */
@Controller('api/v1')
@UseFilters(ProblemFilter)
export class ShowHealth {
  constructor(
    private readonly database: Database,
    private readonly signals: SignalStore,
    private readonly operators: Operators,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('signals')
  async listSignals(@Headers('authorization') authorization: string | undefined): Promise<object> {
    this.operators.authenticate(authorization);
    const now = this.clock.now();
    return { signals: (await this.signals.list(SHOWN_MAX)).map((s) => signalJson(s, now)) };
  }

  @Get('health-states')
  async listStates(@Headers('authorization') authorization: string | undefined): Promise<object> {
    this.operators.authenticate(authorization);
    const rows = await this.database.rows<StateRow>(
      `SELECT s.scope, s.version, s.state, s.basis, s.said_at, p.probes, a.alerts FROM health_scopes s
       LEFT JOIN LATERAL (SELECT json_agg(json_build_object('probe_id', probe_id, 'decision', decision, 'observed_at', observed_at, 'detail', detail)
         ORDER BY probe_id) AS probes FROM probes WHERE probes.scope = s.scope) p ON true
       LEFT JOIN LATERAL (SELECT json_agg(json_build_object('source', source, 'decision', decision, 'reason', reason, 'observed_at', observed_at,
         'expires_at', expires_at) ORDER BY fingerprint) AS alerts FROM alerts WHERE alerts.scope = s.scope AND expires_at > $1) a ON true
       ORDER BY s.scope`,
      [this.clock.now()],
    );
    const system = rows.find((r) => r.scope === SYSTEM)?.state ?? 'UNKNOWN';
    const states = rows.map((r) => ({
      scope: r.scope,
      state: r.basis === 'inherited' ? system : r.state,
      basis: r.basis,
      version: Number(r.version),
      said_at: r.said_at === null ? null : new Date(Number(r.said_at)).toISOString(),
      probes: r.probes ?? [],
      alerts: r.alerts ?? [],
    }));
    return { health_states: states };
  }
}
