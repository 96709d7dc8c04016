import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import { LogController, type FastifyHttpOptions, type FastifyPluginAsync, type RawServerDefault } from 'fastify'
import pino from 'pino'
import type { Config } from './config/config.ts'
import { answerBrokenRequest } from './plugins/app/http/broken-requests.ts'
import { answerError } from './plugins/app/http/errors.ts'
import { isWebSocketUpgrade } from './plugins/app/http/upgrades.ts'
import operations from './plugins/app/operations/index.ts'
import realtime from './realtime/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
  }
}

/** Where secrets would stand in a log line; they are cut out before it is written. */
const secrets = [
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'headers.cookie',
  // What reads forms writes down what it was given at level trace.
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

/** How Fastify itself is to be made for this application. Logs go to standard error, which leaves standard output to the one ready line. */
export function serverOptions(config: Config): FastifyHttpOptions<RawServerDefault> {
  return {
    http: { shouldUpgradeCallback: isWebSocketUpgrade },
    logger: {
      level: config.LOG_LEVEL,
      redact: { paths: secrets, remove: true },
      serializers: { req: ({ method, url, id }) => ({ id, method, path: url?.split('?')[0] }) },
      stream: pino.destination(2)
    },
    // A line for each request is for debugging; what went wrong is logged in any case.
    logController: new LogController({
      disableRequestLogging: config.LOG_LEVEL !== 'debug' && config.LOG_LEVEL !== 'trace'
    }),
    genReqId: () => randomUUID(),
    bodyLimit: config.LIMIT_BODY_BYTES,
    trustProxy: config.TRUST_PROXY ? (_address: string, hop: number) => hop < 1 : false,
    routerOptions: { maxParamLength: 200 },
    // What the router and the parser refuse before any route of ours is asked.
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
    // Who asks a server that closes is answered in our words (plugins/app/http/connections.ts).
    return503OnClosing: false,
    // A migration, or an index of what is there already, takes as long as it takes.
    pluginTimeout: 0
  }
}

/** The whole application: settings, then what it holds, then its own concerns, the live shows, and what clients may ask. */
const app: FastifyPluginAsync<{ config: Config }> = async (fastify, { config }) => {
  fastify.decorate('config', config)
  // What lies in a folder beside a plugin is loaded by it where settings ask for it: a server without S3 loads no S3.
  await fastify.register(autoload, {
    dir: join(import.meta.dirname, 'plugins', 'external'),
    encapsulate: false,
    dirNameRoutePrefix: false,
    maxDepth: 0
  })
  // Registered first: it migrates the stored data before any other domain reads it.
  await fastify.register(operations)
  // A folder with an index.ts is one domain. Of the other folders every file that exports a plugin is loaded.
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
