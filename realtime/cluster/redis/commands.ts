import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
import { busUnavailable } from '../bus-errors.ts'

/** Sends commands to Redis. They are written in the order of the calls. */
export interface Commands {
  /** Throws UNAVAILABLE when the command fails or is not answered in time. */
  run<T>(command: (redis: Redis) => Promise<T>): Promise<T>
  /** Runs a script. Its text goes with it: with a hash, a server without the script would change the order. */
  script(text: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>
  /** Lets every later command fail. */
  close(): void
}

/** Errors of a lost connection and of a server that starts or changes its role: they pass by themselves. */
const passing = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|UNKILLABLE|BUSY)\b/

export function createCommands(redis: Redis, logger: Pick<FastifyBaseLogger, 'error'>): Commands {
  const reported = new Set<string>()
  let isClosed = false
  // The client lets commands of a lost connection time out; they fail at once instead.
  const waiting = new Set<() => void>()
  redis.on('close', () => {
    for (const fail of [...waiting]) fail()
  })

  async function run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (isClosed) throw busUnavailable()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const fail = () => reject(new Error('connection lost'))
    waiting.add(fail)
    try {
      command(redis).then(resolve, reject)
      return await promise
    } catch (error) {
      report(error)
      throw busUnavailable()
    } finally {
      waiting.delete(fail)
    }
  }

  /** Logs refusals of the server once each: out of memory, no permission, a key of another type. */
  function report(error: unknown): void {
    if (!(error instanceof Error) || error.name !== 'ReplyError' || passing.test(error.message)) return
    const [kind = ''] = error.message.split(' ')
    if (reported.has(kind)) return
    reported.add(kind)
    logger.error({ reason: error.message.slice(0, 200) }, 'redis refused a command')
  }

  return {
    run,
    async script(text, keys, args) {
      return await run(async () => await redis.eval(text, keys.length, ...keys, ...args))
    },
    close() {
      isClosed = true
    }
  }
}
