import type { KafkaOptions } from './kafka-options.ts'

/** Values of one key, in order. */
export interface KeyedValues {
  readonly topic: string
  readonly key: string
  readonly values: readonly string[]
}

/** Values that the thread is started with. */
export interface ProducerInput {
  readonly options: KafkaOptions
}

/** A request to the thread: to send values, or to check that a broker answers. */
export type ProducerRequest =
  { readonly type: 'send'; readonly writes: readonly KeyedValues[] } | { readonly type: 'check' }

/** A request on its way. */
export interface NumberedRequest {
  readonly id: number
  readonly request: ProducerRequest
}

/** The thread has loaded the client. */
export type ProducerNotice = 'ready'

/** The end of a request. */
export interface ProducerAnswer {
  readonly id: number
  readonly error?: PlainError
}

/** An error between threads, which copy only some properties of a class of errors. */
export interface PlainError {
  readonly message: string
  readonly stack?: string | undefined
  readonly code?: string | undefined
  readonly cause?: PlainError | undefined
  readonly errors?: readonly PlainError[] | undefined
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error) }
  return {
    message: error.message,
    stack: error.stack,
    code: 'code' in error && typeof error.code === 'string' ? error.code : undefined,
    cause: error.cause === undefined ? undefined : plainError(error.cause),
    errors: error instanceof AggregateError ? error.errors.map(plainError) : undefined
  }
}

export function errorFromPlain({ message, stack, code, cause, errors }: PlainError): Error {
  const options = cause && { cause: errorFromPlain(cause) }
  const error = errors ? new AggregateError(errors.map(errorFromPlain), message, options) : new Error(message, options)
  if (stack !== undefined) error.stack = stack
  return code === undefined ? error : Object.assign(error, { code })
}
