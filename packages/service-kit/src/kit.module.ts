import { readFileSync } from 'node:fs';
import type { Service } from '@mandate/contracts';
import {
  ArgumentsHost,
  Catch,
  Controller,
  type DynamicModule,
  Get,
  Header,
  Inject,
  Module,
  type RpcExceptionFilter,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Logger } from 'pino';
import { type Observable, throwError } from 'rxjs';
import { ActionsController } from './actions.http';
import { kafkaClient } from './broker';
import { type Clock, systemClock } from './clock';
import type { KitConfig } from './config';
import { ConsumersController } from './consumers.http';
import { Database } from './database';
import { HopServer } from './hop-server';
import { Keyring } from './keyring';
import { LagReader } from './lag-reader';
import { ManifestReader, refuseOlderManifest } from './manifest-reader';
import { Metrics } from './metrics';
import { OperatorLog } from './operator-log';
import { Operators } from './operators';
import { type CrashPoint, Outlet } from './outlet';
import { ParkedController } from './parked.http';
import { Pauses } from './pauses';
import { Problem, ProblemFilter } from './problem';
import { ProjectionsController } from './projections.http';
import { Reference } from './reference';
import { otlpSink } from './span-sink';
import { Timers } from './timers';
import { CLOCK, LOGGER } from './tokens';
import { Tracing } from './tracing';
import { Trimmer } from './trimmer';
import { measureVitalSigns } from './vital-signs';

/** What only tests and `bench/` pass; no variable reaches any of it. */
export interface KitOverrides {
  readonly clock?: Clock;
  /** `false` switches signing and checking off; used by `bench/` alone, a fence catches it elsewhere. */
  readonly mandate?: boolean;
  readonly crashAt?: (point: CrashPoint) => Promise<void>;
  readonly onFatal?: (reason: string) => void;
  /** Rebuilds the projections instead of serving. */
  readonly onRebuilt?: (messages: number) => void;
}

/** Lets the hop see the real error: Nest's own filter would replace it. */
@Catch()
export class RethrowFilter implements RpcExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}

/** Liveness, readiness and metrics of every service. */
@Controller()
export class ProbesController {
  constructor(
    @Inject(HopServer) private readonly server: HopServer,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Database) private readonly database: Database,
    @Inject(Pauses) private readonly pauses: Pauses,
  ) {}

  @Get('health/live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(): Promise<{ status: string; paused?: readonly string[] }> {
    const { isReady, reason } = this.server.readiness();
    const hasDatabase = await this.database.rows('SELECT 1').then(
      () => true,
      () => false,
    );
    const why = hasDatabase ? reason : 'the database does not answer';
    if (!isReady || !hasDatabase) throw new Problem(503, 'NOT_READY', `Not ready: ${why}.`, undefined, { reason: why });
    const paused = this.pauses.list().map((p) => p.topic);
    return { status: 'ready', ...(paused.length > 0 ? { paused } : {}) };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4')
  async read(): Promise<string> {
    return this.metrics.read();
  }
}

/** Provides the kit to a service: clock, logger, database, keyring, outlet, timers, reference data and transport. */
@Module({})
export class KitModule {
  static async forRoot(
    service: Service,
    config: KitConfig,
    logger: Logger,
    overrides: KitOverrides = {},
  ): Promise<DynamicModule> {
    const clock = overrides.clock ?? systemClock;
    const source = {
      file: config.MANDATE_MANIFEST_FILE,
      rootPem: config.MANDATE_ROOT_PUBLIC_KEY_FILE,
      environment: config.MANDATE_ENVIRONMENT,
    };
    const keyring = Keyring.load(service, readFileSync(config.MANDATE_KEY_FILE, 'utf8'), source);
    const database = await Database.open(config.DATABASE_URL_FILE, service);
    await refuseOlderManifest(database, keyring.manifest.number);
    const manifests = new ManifestReader({
      source,
      keyFile: config.MANDATE_KEY_FILE,
      keyring,
      database,
      logger,
      reloadMs: config.MANIFEST_RELOAD,
    });
    const metrics = new Metrics(service);
    const kafka = kafkaClient(
      {
        brokers: config.KAFKA_BROKERS,
        username: config.KAFKA_USERNAME,
        password: config.KAFKA_PASSWORD_FILE,
        clientId: service,
        ca: config.KAFKA_CA_FILE,
      },
      logger,
    );
    const isOn = overrides.mandate ?? true;
    const reference = new Reference(database, metrics);
    const outlet = new Outlet({
      kafka,
      database,
      keyring,
      clock,
      metrics,
      logger,
      signs: isOn,
      crashAt: overrides.crashAt,
      tracing: overrides.onRebuilt ? null : await tracingOf(service, config, { clock, metrics, logger }),
    });
    const pauses = new Pauses({ service, database, clock, metrics, logger });
    const operators = Operators.load(config.OPERATOR_TOKENS_FILE, logger);
    const timers = new Timers({ database, outlet, clock, metrics, logger, pollMs: config.TIMER_POLL });
    const server = new HopServer({
      service,
      kafka,
      database,
      keyring,
      outlet,
      timers,
      reference,
      pauses,
      clock,
      metrics,
      logger,
      checks: isOn,
      batchSizeMax: config.BATCH_SIZE_MAX,
      basisWaitMs: config.BASIS_WAIT,
      onRebuilt: overrides.onRebuilt,
      onFatal: overrides.onFatal ?? (() => setTimeout(() => process.exit(1), 50)),
    });
    measureVitalSigns(metrics, { database, server, clock });
    new LagReader(service, kafka, metrics, clock);
    const trimmer = new Trimmer({
      database,
      clock,
      metrics,
      logger,
      everyMs: config.TRIM_EVERY,
      inboxKeptMs: config.INBOX_KEPT,
      setAsideKeptMs: config.SET_ASIDE_KEPT,
    });
    const values: [unknown, unknown][] = [
      [CLOCK, clock],
      [LOGGER, logger],
      [Database, database],
      [Keyring, keyring],
      [Metrics, metrics],
      [Outlet, outlet],
      [Timers, timers],
      [Reference, reference],
      [HopServer, server],
      [ManifestReader, manifests],
      [Operators, operators],
      [OperatorLog, new OperatorLog({ service, database, operators, clock })],
      [Pauses, pauses],
      [Trimmer, trimmer],
    ];
    return {
      module: KitModule,
      global: true,
      controllers: [ProbesController, ParkedController, ConsumersController, ProjectionsController, ActionsController],
      providers: [
        ...values.map(([provide, useValue]) => ({ provide: provide as never, useValue })),
        // For HTTP only (the transport has a configuration of its own); a filter of the service's module comes before it.
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: values.map(([provide]) => provide as never),
    };
  }
}

/** Null unless there is somewhere to export traces to. */
async function tracingOf(
  service: Service,
  config: KitConfig,
  { clock, metrics, logger }: { clock: Clock; metrics: Metrics; logger: Logger },
): Promise<Tracing | null> {
  const counter = metrics.counter('mandate_spans_total', 'Spans by what became of them', ['outcome']);
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = config;
  if (endpoint === undefined || ratio === 0) return null;
  return new Tracing(service, ratio, await otlpSink({ endpoint, service, clock, logger, counter }));
}
