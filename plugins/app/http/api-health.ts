import type { FastifyBaseLogger } from 'fastify'
import type { CallOutcome } from '../../external/metrics/repositories.ts'

export interface ApiHealthParts<Outcome extends CallOutcome> {
  /** Name in errors, such as `discogs`. */
  name: string
  /** Log lines for operators: whole, so that the ones their pages quote are found in the source. */
  messages: { refused: string; accepted: string }
  /** Fields of log lines. */
  fields?: object
  logger: Pick<FastifyBaseLogger, 'warn' | 'info'>
  onAnswer(outcome: Outcome): void
  /** A monotonic clock. */
  nowMs(): number
}

/** An API that refused the key is asked again after this time. */
const refusedMs = 600_000
/** An API counts as down after this many failures in a row. */
const maxFailures = 3

/** Follows whether an API of a third party answers, and accepts the key of this server. */
export function createApiHealth<Outcome extends CallOutcome>(parts: ApiHealthParts<Outcome>) {
  const { name, messages, fields, logger, onAnswer, nowMs } = parts
  let refusedUntilMs = -Infinity
  let isRefused = false
  let failures = 0

  return {
    /** Records the outcome of a call. Tells operators once that the key is refused. */
    note(outcome: Outcome, status?: number): void {
      onAnswer(outcome)
      const isAnswer = outcome === 'ok' || outcome === 'notFound'
      failures = isAnswer ? 0 : failures + 1
      if (outcome === 'refused') {
        if (!isRefused) logger.warn({ ...fields, status }, messages.refused)
        isRefused = true
        refusedUntilMs = nowMs() + refusedMs
      } else if (isAnswer && isRefused) {
        logger.info({ ...fields }, messages.accepted)
        isRefused = false
      }
    },

    /** Returns the time until the API may be asked again after it refused the key, ms; 0 or less: now. */
    refusedForMs: (): number => refusedUntilMs - nowMs(),

    /** @throws Error for operators, while the API refuses the key or does not answer */
    async check(): Promise<void> {
      if (isRefused) throw new Error(`${name} refuses the key`)
      if (failures >= maxFailures) throw new Error(`${name} does not answer`)
    }
  }
}
