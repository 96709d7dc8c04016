/** Attributes of a span: never a person, a token, an address or a text of a client. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** Runs a task within a span, as a child of the current span. */
export type Span = <T>(name: string, attributes: SpanAttributes, task: () => Promise<T>) => Promise<T>

/** A span that its owner ends. */
export interface OpenSpan {
  /** Runs a task within this span: spans started there are its children. */
  run<T>(task: () => T): T
  setAttributes(attributes: SpanAttributes): void
  rename(name: string): void
  /** `failure`: the code of a failure of the server. */
  end(failure?: string): void
}

/** Traces requests through the server when OTEL_EXPORTER_OTLP_ENDPOINT is set. Otherwise it does nothing. */
export interface Tracing {
  readonly isOn: boolean
  readonly span: Span
  /** Starts the span of a request, as a child of `traceparent` if that is given and well-formed. */
  start(name: string, attributes: SpanAttributes, traceparent?: string): OpenSpan
  /** Starts a child of the current span. Returns null without one. */
  startChild(name: string, attributes: SpanAttributes): OpenSpan | null
}

const noSpan: OpenSpan = { run: task => task(), setAttributes() {}, rename() {}, end() {} }

export const noTracing: Tracing = {
  isOn: false,
  span: async (_name, _attributes, task) => await task(),
  start: () => noSpan,
  startChild: () => null
}
