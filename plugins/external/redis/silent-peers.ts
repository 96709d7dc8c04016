import type { Redis } from 'ioredis'

const pingEveryMs = 1000
/** Number of unanswered pings in a row after which a peer is silent. Each fails by the command timeout. */
const maxUnanswered = 2

/**
 * Opens a connection again whose peer does not answer any more. A machine that hangs, or a network that drops packets,
 * closes no connection: TCP would give it up after minutes.
 */
export function reopenSilent(redis: Redis, onSilent: () => void = () => {}): { stop(): void } {
  let isAsking = false

  async function isSilent(): Promise<boolean> {
    const { stream } = redis
    for (let asked = 0; asked < maxUnanswered; asked++) {
      if (redis.status !== 'ready' || redis.stream !== stream || !(await isUnanswered(redis))) return false
    }
    return redis.status === 'ready' && redis.stream === stream
  }

  async function check(): Promise<void> {
    if (isAsking) return
    isAsking = true
    if (await isSilent()) {
      onSilent()
      redis.disconnect(true)
    }
    isAsking = false
  }

  const timer = setInterval(() => check(), pingEveryMs)
  return { stop: () => clearInterval(timer) }
}

/** Pings a peer. A refusal is an answer; other errors are those of a connection that is being replaced. */
async function isUnanswered(redis: Redis): Promise<boolean> {
  try {
    await redis.ping()
    return false
  } catch (error) {
    return error instanceof Error && error.message === 'Command timed out'
  }
}
