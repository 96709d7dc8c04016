import { setTimeout as pause } from 'node:timers/promises'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    drain: Drain
  }
}

/** How a server that is about to stop gets rid of the people on it, while it still answers. */
export interface Drain {
  /** Who holds open connections says how many there are, and how they are sent away; `withinMs` is how long that may take at most. */
  supply(crowd: LeavingCrowd): void
  /** From now on not ready; resolves when everybody was sent away. Closing the server comes after it. */
  run(): Promise<void>
}

export interface LeavingCrowd {
  count(): number
  sendAway(withinMs: number): Promise<void>
}

export interface DrainParts {
  /** `/readyz` answers 503 from here on, and no show begins. */
  announce(): void
  /** How long stopping may take in all, ms. */
  deadlineMs: number
  wait?: (ms: number) => Promise<unknown>
}

/** So long who is in front may go on sending people here before it has read `/readyz`; less where the deadline is short. */
const longestNoticeMs = 1000
/** Parts of the deadline: the rest is for requests that are under way and for what is to be written. */
const noticePart = 1 / 10
const leavingPart = 1 / 3

export function createDrain({ announce, deadlineMs, wait = pause }: DrainParts): Drain {
  let crowd: LeavingCrowd = { count: () => 0, sendAway: async () => {} }

  return {
    supply(supplied) {
      crowd = supplied
    },
    async run() {
      announce()
      // Nobody has to be told on a laptop where nobody is connected.
      if (crowd.count() > 0) await wait(Math.min(longestNoticeMs, deadlineMs * noticePart))
      await crowd.sendAway(deadlineMs * leavingPart)
    }
  }
}

export default fp(
  async app => {
    app.decorate(
      'drain',
      createDrain({ announce: () => app.readiness.drain(), deadlineMs: app.config.DRAIN_DEADLINE_MS })
    )
  },
  { name: 'drain', dependencies: ['readiness'] }
)
