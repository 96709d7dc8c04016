import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Where METRICS_PORT is listened on; null where it is unset. */
    metricsServer: Server | null
  }
}

const loopbackAddress = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/
const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/
/** What a proxy adds: then the caller is somebody else than who is connected. */
const proxyHeaders = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'forwarded',
  'via'
] as const

/**
 * Whether somebody on this very machine asks, and not a proxy on it for somebody else. Whom a proxy names is no matter, trusted or not: a
 * request that came through one is from outside. One that adds no header at all gives itself away by the name it was asked for.
 */
export function isFromHere({ socket, headers, ip }: Pick<FastifyRequest, 'socket' | 'headers' | 'ip'>): boolean {
  return (
    loopbackAddress.test(socket.remoteAddress ?? '') &&
    loopbackAddress.test(ip) &&
    loopbackName.test(headers.host ?? '') &&
    proxyHeaders.every(name => headers[name] === undefined)
  )
}

/** `/metrics`: on METRICS_PORT when it is set, else on the main port to loopback callers. */
export default fp(
  async app => {
    const { METRICS_PORT: port } = app.config
    app.decorate('metricsServer', null)
    if (port === undefined) return serveOnMainPort(app)
    const server = createMetricsServer(app)
    app.metricsServer = server
    app.addHook('onReady', async () => await listen(server, port, app.config.HOST))
    app.addHook('onClose', async () => {
      server.close()
      server.closeAllConnections()
    })
  },
  { name: 'metrics-page', dependencies: ['metrics'] }
)

function serveOnMainPort(app: FastifyInstance): void {
  app.get(
    '/metrics',
    { config: { rateLimit: false }, schema: { hide: true, operationId: 'metrics' } },
    async (request, reply) => {
      // To anybody else there is nothing here.
      if (!isFromHere(request)) throw new CodedError('NOT_FOUND', 'There is no such address.')
      return await reply
        .header('cache-control', 'no-store')
        .type(app.metrics.contentType)
        .send(await app.metrics.text())
    }
  )
}

function createMetricsServer({ metrics, log }: FastifyInstance): Server {
  return createServer(async (request, response) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    try {
      const text = await metrics.text()
      response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text)
    } catch (error) {
      log.error({ err: error }, 'the metrics could not be read')
      if (!response.headersSent) response.writeHead(500).end()
    }
  })
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(
      `METRICS_PORT ${port} can't be listened on: ${error instanceof Error ? error.message : String(error)}`
    )
  }
}
