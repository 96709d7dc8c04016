/** What a span says of itself: never a person, a token, an address or anything a client wrote. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>

/** Runs a task as one step of whatever is going on. */
export type Span = <T>(name: string, facts: SpanFacts, task: () => Promise<T>) => Promise<T>

/** A step that is not one task: ended by hand. */
export interface OpenSpan {
  /** What is begun in there is a part of this step. */
  run<T>(task: () => T): T
  say(facts: SpanFacts): void
  rename(name: string): void
  /** `failure`: the code of what went wrong on our side. */
  end(failure?: string): void
}

/** Follows a request through the server, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector; else does nothing at all. */
export interface Tracing {
  readonly isOn: boolean
  readonly span: Span
  /** A request from outside, as a part of what `traceparent` names where that is given and well-formed. */
  begin(name: string, facts: SpanFacts, traceparent?: string): OpenSpan
  /** A step of what is going on; null when nothing is. */
  beginPart(name: string, facts: SpanFacts): OpenSpan | null
}

const nothing: OpenSpan = { run: task => task(), say() {}, rename() {}, end() {} }

export const noTracing: Tracing = {
  isOn: false,
  span: async (_name, _facts, task) => await task(),
  begin: () => nothing,
  beginPart: () => null
}
