import type { FastifyBaseLogger } from 'fastify'

type Bindings = Parameters<FastifyBaseLogger['child']>[0]
type Options = NonNullable<Parameters<FastifyBaseLogger['child']>[1]>
type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** The logger of one request. Its pino logger is created with the first line: hardly any request logs one. */
class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: Bindings
  readonly #options: Options
  #created: FastifyBaseLogger | undefined

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options: Options) {
    this.#parent = parent
    this.#bindings = bindings
    this.#options = options
  }

  get #logger(): FastifyBaseLogger {
    this.#created ??= this.#parent.child(this.#bindings, this.#options)
    return this.#created
  }

  get level(): FastifyBaseLogger['level'] {
    return this.#logger.level
  }

  set level(level: FastifyBaseLogger['level']) {
    this.#logger.level = level
  }

  fatal(...args: unknown[]): void {
    this.#write('fatal', args)
  }

  error(...args: unknown[]): void {
    this.#write('error', args)
  }

  warn(...args: unknown[]): void {
    this.#write('warn', args)
  }

  info(...args: unknown[]): void {
    this.#write('info', args)
  }

  debug(...args: unknown[]): void {
    this.#write('debug', args)
  }

  trace(...args: unknown[]): void {
    this.#write('trace', args)
  }

  silent(...args: unknown[]): void {
    this.#write('silent', args)
  }

  child(bindings: Bindings, options?: Options): FastifyBaseLogger {
    return this.#logger.child(bindings, options)
  }

  #write(level: Level, args: unknown[]): void {
    Reflect.apply(this.#logger[level], this.#logger, args)
  }
}

/** Creates the logger of a request, with the id of the request in its lines. */
export function createRequestLogger(
  logger: FastifyBaseLogger,
  bindings: Bindings,
  options: Options
): FastifyBaseLogger {
  return new RequestLogger(logger, bindings, options)
}
