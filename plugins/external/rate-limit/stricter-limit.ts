import type { Config } from '../../../config/config.ts'

/** Returns the limit of a route that takes fewer requests a minute than others. The general one may be lower still. */
export function stricterLimit(maxPerMinute: number, { LIMIT_REST_PER_MINUTE }: Config): { max: number } {
  return { max: Math.min(maxPerMinute, LIMIT_REST_PER_MINUTE) }
}
