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
import { CodedError } from '../../../contract/errors.ts'
import type { OpenSpan, Tracing } from './spans.ts'

export interface TracingSettings {
  /** Where the collector is; spans go to its /v1/traces. */
  endpoint: string
  service: string
  version: string
  /** Which part of the requests is followed, 0–1. */
  ratio: number
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/** What is going on, as what is called from there sees it, and what that is a part of. A span that is not followed tells nobody whether it has ended. */
interface Step {
  readonly context: Context
  readonly within: Step | undefined
  isOver: boolean
}

/** A collector that does not answer must not keep a server from stopping. */
const patienceMs = 3000
const traceparentForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** Sends spans over OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp. `close` sends what is left, or gives up soon. */
export function startTracing({
  endpoint,
  service,
  version,
  ratio,
  logger
}: TracingSettings): Tracing & { close(): Promise<void> } {
  const warn = (message: string) => logger.warn({ reason: message.slice(0, 500) }, 'spans were not sent')
  diag.setLogger(
    { error: warn, warn, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true }
  )
  const share = new TraceIdRatioBasedSampler(ratio)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    // Whom a proxy marked is followed in the same share as everybody: who marks all requests would else have us follow all.
    sampler: new ParentBasedSampler({
      root: share,
      remoteParentSampled: share,
      remoteParentNotSampled: new AlwaysOffSampler()
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: patienceMs })
      })
    ]
  })
  const tracer = provider.getTracer('ambient', version)
  const current = new AsyncLocalStorage<Step>()

  /** What goes on here. A timer that was set in a step comes round when that is long over, maybe again and again: each time is a trace of its own. */
  function ongoing(): Step | undefined {
    let step = current.getStore()
    while (step?.isOver) step = step.within
    return step
  }

  function open(span: OtelSpan, parent: Context, within: Step | undefined): OpenSpan {
    const step: Step = { context: trace.setSpan(parent, span), within, isOver: false }
    return {
      run: task => current.run(step, task),
      say: facts => {
        span.setAttributes(facts)
      },
      rename: name => {
        span.updateName(name)
      },
      end(failure) {
        step.isOver = true
        if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
        span.end()
      }
    }
  }

  function start(
    name: string,
    facts: Record<string, string | number | boolean>,
    within: Step | undefined,
    parent = within?.context ?? ROOT_CONTEXT
  ): OpenSpan {
    return open(tracer.startSpan(name, { attributes: facts }, parent), parent, within)
  }

  return {
    isOn: true,
    async span(name, facts, task) {
      const span = start(name, facts, ongoing())
      try {
        const result = await span.run(task)
        span.end()
        return result
      } catch (error) {
        // A refusal is no failure; and what an error says may hold what people wrote.
        if (error instanceof CodedError) span.say({ 'ambient.code': error.code })
        span.end(error instanceof CodedError ? undefined : 'INTERNAL')
        throw error
      }
    },
    begin: (name, facts, traceparent) => start(name, facts, undefined, remoteContext(traceparent)),
    beginPart(name, facts) {
      const within = ongoing()
      return within ? start(name, facts, within) : null
    },
    async close() {
      await Promise.race([
        provider.shutdown().catch(() => {}),
        new Promise<void>(resolve => {
          setTimeout(resolve, patienceMs).unref()
        })
      ])
    }
  }
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function remoteContext(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparentForm.exec(traceparent ?? '') ?? []
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
}
