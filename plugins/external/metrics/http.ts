import { Counter, Histogram, type Registry } from 'prom-client'
import type { ErrorCode } from '../../../contract/errors.ts'

/** An answered request. `route` is the template of its route, never its URL. */
export interface AnsweredRequest {
  method: string
  route: string
  statusCode: number
  durationMs: number
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Metrics of HTTP requests. */
export function createHttpMeter(registry: Registry) {
  const durations = new Histogram({
    name: 'ambient_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer, by route template and status class',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry]
  })
  const rejections = new Counter({
    name: 'ambient_http_refusals_total',
    help: 'Requests that were rejected or failed, by code',
    labelNames: ['code'],
    registers: [registry]
  })

  return {
    answered({ method, route, statusCode, durationMs }: AnsweredRequest): void {
      const status = `${Math.floor(statusCode / 100)}xx`
      durations.observe({ method: methods.has(method) ? method : 'other', route, status }, durationMs / 1000)
    },
    rejected(code: ErrorCode): void {
      rejections.inc({ code })
    }
  }
}
