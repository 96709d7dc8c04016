import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import { LogController, type FastifyHttpOptions, type FastifyPluginAsync, type RawServerDefault } from 'fastify'
import pino from 'pino'
import type { Config } from './config/config.ts'
import { createRedaction } from './config/redaction.ts'
import { noBodyBytes } from './plugins/app/http/body-limits.ts'
import { answerBrokenRequest } from './plugins/app/http/broken-requests.ts'
import { answerError } from './plugins/app/http/errors.ts'
import { createHttpsServer } from './plugins/app/http/https-server.ts'
import { createRequestLogger } from './plugins/app/http/request-logger.ts'
import { isWebSocketUpgrade } from './plugins/app/http/upgrades.ts'
import operations from './plugins/app/operations/index.ts'
import realtime from './realtime/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
  }
}

/** Paths of secrets in log lines. They are removed before a line is written. */
const secrets = [
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'headers.cookie',
  // The form parser logs the headers of a form at level trace.
  'busboyOptions.headers',
  'token',
  '*.token',
  'accessToken',
  '*.accessToken',
  'refreshToken',
  '*.refreshToken',
  'password',
  '*.password',
  'secret',
  '*.secret'
]

/** Timeouts of connections, the defaults of Fastify. It does not apply them to a server of HTTPS from a factory. */
const timeouts = { keepAliveTimeout: 72_000, requestTimeout: 0 }

/**
 * Options of the Fastify server. Logs go to standard error; standard output has only the line that the server is ready.
 */
export function serverOptions(config: Config): FastifyHttpOptions<RawServerDefault> {
  const http = { shouldUpgradeCallback: isWebSocketUpgrade }
  const { HTTPS_CERT, HTTPS_KEY } = config
  return {
    http,
    ...timeouts,
    ...(HTTPS_CERT !== undefined &&
      HTTPS_KEY !== undefined && {
        serverFactory: handler =>
          createHttpsServer({ certificateFile: HTTPS_CERT, keyFile: HTTPS_KEY }, { ...http, ...timeouts }, handler)
      }),
    logger: {
      level: config.LOG_LEVEL,
      redact: { paths: secrets, remove: true },
      hooks: { streamWrite: createRedaction(config) },
      serializers: { req: ({ method, url, id }) => ({ id, method, path: url?.split('?')[0] }) },
      stream: pino.destination(2)
    },
    // Requests are logged for debugging only. Failed ones are logged at every level.
    logController: new LogController({
      disableRequestLogging: config.LOG_LEVEL !== 'debug' && config.LOG_LEVEL !== 'trace'
    }),
    childLoggerFactory: createRequestLogger,
    genReqId: () => randomUUID(),
    // Routes with a body have limits of their own (plugins/app/http/body-limits.ts).
    bodyLimit: Math.min(noBodyBytes, config.LIMIT_BODY_BYTES),
    trustProxy: config.TRUST_PROXY ? (_address: string, hop: number) => hop < 1 : false,
    routerOptions: { maxParamLength: 200 },
    // Errors of the router and the parser, before any route is called.
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
    // Requests to a closing server get a coded error (plugins/app/http/connections.ts).
    return503OnClosing: false,
    // No timeout, because migrations and indexes of existing data may take long.
    pluginTimeout: 0
  }
}

/** The whole application: settings, third-party components, services, live shows, routes. */
const app: FastifyPluginAsync<{ config: Config }> = async (fastify, { config }) => {
  fastify.decorate('config', config)
  // Subfolders are loaded by their plugin if the settings need them: a server without S3 does not load its client.
  await fastify.register(autoload, {
    dir: join(import.meta.dirname, 'plugins', 'external'),
    encapsulate: false,
    dirNameRoutePrefix: false,
    maxDepth: 0
  })
  // Registered first: it migrates the stored data before any other domain reads it.
  await fastify.register(operations)
  // Each domain is a folder whose index.ts is its plugin; autoload ignores the files beside an index.ts.
  await fastify.register(autoload, {
    dir: join(import.meta.dirname, 'plugins', 'app'),
    encapsulate: false,
    dirNameRoutePrefix: false,
    maxDepth: 1
  })
  await fastify.register(realtime)
  await fastify.register(autoload, { dir: join(import.meta.dirname, 'routes'), routeParams: true })
}

export default app
