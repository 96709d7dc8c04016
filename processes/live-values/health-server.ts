import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { Meter } from './meter.ts'

export interface HealthParts {
  meter: Pick<Meter, 'text' | 'contentType'>
  /** Returns why the process does not do its work; empty when it does. */
  reasons(): string[]
  logger: Pick<FastifyBaseLogger, 'error'>
}

/** Creates the HTTP server of a process: `/healthz`, `/readyz` and `/metrics`. */
export function createHealthServer({ meter, reasons, logger }: HealthParts): Server {
  function sendJson(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(body))
  }

  async function sendMetrics(response: ServerResponse): Promise<void> {
    try {
      const text = await meter.text()
      response.writeHead(200, { 'content-type': meter.contentType, 'cache-control': 'no-store' }).end(text)
    } catch (error) {
      logger.error({ err: error }, 'collecting metrics failed')
      if (!response.headersSent) response.writeHead(500).end()
    }
  }

  return createServer(async ({ method, url }, response) => {
    const path = method === 'GET' || method === 'HEAD' ? url?.split('?')[0] : undefined
    if (path === '/healthz') sendJson(response, 200, { status: 'ok' })
    else if (path === '/readyz') {
      const down = reasons()
      if (down.length === 0) sendJson(response, 200, { status: 'ok' })
      else sendJson(response, 503, { status: 'unavailable', reasons: down })
    } else if (path === '/metrics') await sendMetrics(response)
    else response.writeHead(404).end()
  })
}

/** Resolves when the server listens. Throws an error that names the setting when it can't. */
export async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`LIVE_VALUES_PORT ${port} can't be listened on: ${reason}`, { cause: error })
  }
}
