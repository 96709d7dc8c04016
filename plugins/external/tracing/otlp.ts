import { AsyncLocalStorage } from 'node:async_hooks'
import {
  diag,
  DiagLogLevel,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Span as OtelSpan
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider
} from '@opentelemetry/sdk-trace'
import type { FastifyBaseLogger } from 'fastify'
import pTimeout from 'p-timeout'
import { CodedError } from '../../../contract/errors.ts'
import type { OpenSpan, SpanAttributes, Tracing } from './spans.ts'

export interface TracingSettings {
  /** URL of the collector; spans are sent to its /v1/traces. */
  endpoint: string
  service: string
  version: string
  /** Share of the requests that are traced, 0–1. */
  ratio: number
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/**
 * A span in the current async context, with its parent. `hasEnded` is stored here, because an unsampled span does not
 * report it.
 */
interface ActiveSpan {
  readonly context: Context
  readonly parent: ActiveSpan | undefined
  hasEnded: boolean
}

/** A collector that does not answer must not keep a server from stopping. */
const exportTimeoutMs = 3000
const traceparentForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * Sends spans over OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp. `close` sends the remaining spans, or
 * gives up after 3 s.
 */
export function startTracing({
  endpoint,
  service,
  version,
  ratio,
  logger
}: TracingSettings): Tracing & { close(): Promise<void> } {
  const warn = (message: string) => logger.warn({ reason: message.slice(0, 500) }, 'exporting spans failed')
  diag.setLogger(
    { error: warn, warn, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true }
  )
  const sampler = new TraceIdRatioBasedSampler(ratio)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    // Requests that a proxy has marked as sampled are sampled at the same ratio. A proxy that marks all would otherwise
    // cause traces of all.
    sampler: new ParentBasedSampler({
      root: sampler,
      remoteParentSampled: sampler,
      remoteParentNotSampled: new AlwaysOffSampler()
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
          timeoutMillis: exportTimeoutMs
        })
      })
    ]
  })
  const tracer = provider.getTracer('ambient', version)
  const current = new AsyncLocalStorage<ActiveSpan>()

  /**
   * Returns the current span. A timer may fire after its span has ended, maybe repeatedly: each time starts a trace of
   * its own.
   */
  function findCurrent(): ActiveSpan | undefined {
    let active = current.getStore()
    while (active?.hasEnded) active = active.parent
    return active
  }

  function open(span: OtelSpan, context: Context, parent: ActiveSpan | undefined): OpenSpan {
    const active: ActiveSpan = { context: trace.setSpan(context, span), parent, hasEnded: false }
    return {
      run: task => current.run(active, task),
      setAttributes: attributes => {
        span.setAttributes(attributes)
      },
      rename: name => {
        span.updateName(name)
      },
      end(failure) {
        active.hasEnded = true
        if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
        span.end()
      }
    }
  }

  function startSpan(
    name: string,
    attributes: SpanAttributes,
    parent: ActiveSpan | undefined,
    context = parent?.context ?? ROOT_CONTEXT
  ): OpenSpan {
    return open(tracer.startSpan(name, { attributes }, context), context, parent)
  }

  return {
    isOn: true,
    async span(name, attributes, task) {
      const span = startSpan(name, attributes, findCurrent())
      try {
        const result = await span.run(task)
        span.end()
        return result
      } catch (error) {
        // A coded error is no failure. The message of any other error may hold texts of people.
        if (error instanceof CodedError) span.setAttributes({ 'ambient.code': error.code })
        span.end(error instanceof CodedError ? undefined : 'INTERNAL')
        throw error
      }
    },
    start: (name, attributes, traceparent) => startSpan(name, attributes, undefined, remoteContext(traceparent)),
    startChild(name, attributes) {
      const parent = findCurrent()
      return parent ? startSpan(name, attributes, parent) : null
    },
    async close() {
      await pTimeout(provider.shutdown(), { milliseconds: exportTimeoutMs, message: false }).catch(() => {})
    }
  }
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function remoteContext(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparentForm.exec(traceparent ?? '') ?? []
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
}
