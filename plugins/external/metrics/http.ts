import { Counter, Histogram, type Registry } from 'prom-client'
import type { ErrorCode } from '../../../contract/errors.ts'

/** A request that was answered. `route` is the template it was matched by, never its address. */
export interface AnsweredRequest {
  method: string
  route: string
  statusCode: number
  durationMs: number
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Requests over HTTP. */
export function createHttpMeter(registry: Registry) {
  const durations = new Histogram({
    name: 'ambient_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, by route template and status class',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry]
  })
  const refusals = new Counter({
    name: 'ambient_http_refusals_total',
    help: 'Requests that were refused, or failed, by code',
    labelNames: ['code'],
    registers: [registry]
  })

  return {
    answered({ method, route, statusCode, durationMs }: AnsweredRequest): void {
      const status = `${Math.floor(statusCode / 100)}xx`
      durations.observe({ method: methods.has(method) ? method : 'other', route, status }, durationMs / 1000)
    },
    refused(code: ErrorCode): void {
      refusals.inc({ code })
    }
  }
}
