/** The state of a push service, by its host. */
interface PushService {
  /** Requests in a row that got no answer in time. */
  timeouts: number
  pausedUntilMs: number
  loggedAtMs: number
}

/** A push service that answered none of this many requests in a row in time gets none for a while. */
const maxTimeouts = 5
const pauseMs = 60_000
const logEveryMs = 60_000
/** People may subscribe with any host. The one that was used first is forgotten. */
const maxServices = 1000

export type PushServices = ReturnType<typeof createPushServices>

/** Keeps which push services do not answer, so that requests to them do not take the place of others. */
export function createPushServices(nowMs: () => number) {
  const services = new Map<string, PushService>()

  function get(host: string): PushService {
    const known = services.get(host)
    if (known) return known
    const [first] = services.keys()
    if (services.size >= maxServices && first !== undefined) services.delete(first)
    const added = { timeouts: 0, pausedUntilMs: 0, loggedAtMs: -Infinity }
    services.set(host, added)
    return added
  }

  return {
    /** Returns for how long a service gets no requests, ms. */
    pauseOf: (host: string): number => Math.max(0, (services.get(host)?.pausedUntilMs ?? 0) - nowMs()),

    /** Records an answer of any kind. */
    noteAnswer(host: string): void {
      const service = services.get(host)
      if (service) service.timeouts = 0
    },

    /** Records a request without an answer in time. After a pause, one is enough for the next pause. */
    noteTimeout(host: string): void {
      const service = get(host)
      service.timeouts++
      if (service.timeouts >= maxTimeouts) service.pausedUntilMs = nowMs() + pauseMs
    },

    /** Whether a failure of a service is logged: once a minute. */
    mayLog(host: string): boolean {
      const service = get(host)
      if (nowMs() - service.loggedAtMs < logEveryMs) return false
      service.loggedAtMs = nowMs()
      return true
    }
  }
}
