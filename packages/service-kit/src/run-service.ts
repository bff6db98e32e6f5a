import 'reflect-metadata';
import type { Service } from '@mandate/contracts';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConfigError, readKitConfig } from './config';
import { Database } from './database';
import { HopServer } from './hop-server';
import { KitModule, type KitOverrides, RethrowFilter } from './kit.module';
import { FrameworkLog, logProcess, makeLogger } from './logger';
import { HTTP_BODY_BYTES_MAX, PROBLEM_TYPE, problemJson, toProblem } from './problem';
import { LOGGER } from './tokens';

/** A service running in this process. */
export interface RunningService {
  readonly app: INestApplication;
  readonly port: number;
  /** Stops consuming, finishes what is under way, closes broker and database. */
  close(): Promise<void>;
}

/** Starts a service in this process; tests and `bench/` use it directly. @throws ConfigError naming the variables */
export async function startService(
  service: Service,
  appModule: Type,
  env: NodeJS.ProcessEnv,
  overrides: KitOverrides = {},
): Promise<RunningService> {
  const config = readKitConfig(env);
  const logger = makeLogger(service, config.LOG_LEVEL);
  const kit = await KitModule.forRoot(service, config, logger, overrides);
  const root = { module: class Root {}, imports: [kit, appModule] };
  const app = await NestFactory.create(root, httpAdapter(), { logger: new FrameworkLog(logger), abortOnError: false });
  const server = app.get(HopServer);
  const microservice = app.connectMicroservice({ strategy: server }, { deferInitialization: true });
  microservice.useGlobalFilters(new RethrowFilter());
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);
  await app.startAllMicroservices();
  const address = app.getHttpServer().address() as { port: number };
  const database = app.get(Database);
  return {
    app,
    port: address.port,
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}

interface FrameworkReply {
  code(status: number): FrameworkReply;
  header(name: string, value: string): FrameworkReply;
  send(body: string): unknown;
}

function httpAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: HTTP_BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 4_096 },
    // A path that cannot be decoded is answered before any filter is asked.
    frameworkErrors: (error: unknown, _request: unknown, reply: unknown) => {
      const problem = toProblem(error);
      const of = reply as FrameworkReply; // Fastify's own types are not the kit's dependency
      of.code(problem.getStatus()).header('content-type', PROBLEM_TYPE).send(problemJson(problem));
    },
  });
  // Clients name a content type where they send nothing (a DELETE): an empty body is no body, whatever it is called.
  adapter.getInstance().addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const isEmpty = (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined;
    if (isEmpty) delete headers['content-type'];
    done();
  });
  return adapter;
}

/**
 * A service's `main`: starts it, ends on SIGTERM and SIGINT, says in one sentence what keeps it from starting. With the
 * argument `rebuild` it only rebuilds its projections from their topics and ends.
 */
export function runService(service: Service, appModule: Type): void {
  const isRebuild = process.argv[2] === 'rebuild';
  const onRebuilt = (messages: number): void => {
    console.log(`${service}: projections rebuilt from ${messages} messages`);
    process.kill(process.pid, 'SIGTERM');
  };
  const env = isRebuild ? { ...process.env, HTTP_PORT: '0' } : process.env;
  startService(service, appModule, env, isRebuild ? { onRebuilt } : {}).then(
    (running) => {
      logProcess(running.app.get(LOGGER));
      const stop = (): void => {
        running.close().then(
          () => process.exit(0),
          () => process.exit(1),
        );
      };
      process.once('SIGTERM', stop);
      process.once('SIGINT', stop);
    },
    (error: Error) => {
      console.error(error instanceof ConfigError ? error.message : `${service} cannot start: ${error.message}`);
      process.exit(error instanceof ConfigError ? 78 : 1);
    },
  );
}
