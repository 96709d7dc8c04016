import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Metrics } from '../../external/metrics.ts'

const loopbackAddress = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/
const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/
/** Headers that proxies add. With one of them the caller is not the connected peer. */
const proxyHeaders = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'forwarded',
  'via'
] as const

/**
 * Tells whether the request was sent by a process on this machine, and not through a proxy on it. The address a proxy
 * names does not count, trusted or not: a request that came through a proxy is from outside. A proxy that adds no
 * header is recognized by the host name.
 */
export function isLocalRequest({ socket, headers, ip }: Pick<FastifyRequest, 'socket' | 'headers' | 'ip'>): boolean {
  return (
    loopbackAddress.test(socket.remoteAddress ?? '') &&
    loopbackAddress.test(ip) &&
    loopbackName.test(headers.host ?? '') &&
    proxyHeaders.every(name => headers[name] === undefined)
  )
}

export interface MetricsServerParts {
  metrics: Pick<Metrics, 'text' | 'contentType'>
  logger: FastifyBaseLogger
}

/** Creates the HTTP server of METRICS_PORT, which serves `/metrics` and nothing else. */
export function createMetricsServer({ metrics, logger }: MetricsServerParts): Server {
  return createServer(async (request, response) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    try {
      const text = await metrics.text()
      response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text)
    } catch (error) {
      logger.error({ err: error }, 'collecting metrics failed')
      if (!response.headersSent) response.writeHead(500).end()
    }
  })
}

/** Resolves when the server listens. Throws an error that names METRICS_PORT when it can't. */
export async function listenForMetrics(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`METRICS_PORT ${port} can't be listened on: ${reason}`, { cause: error })
  }
}
