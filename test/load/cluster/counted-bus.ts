import type { Bus } from '../../../realtime/cluster/bus.ts'
import type { WorkTimes } from './work-times.ts'

/** Messages of one kind: their number, and their size in UTF-16 code units (for plain text: bytes). */
export interface Traffic {
  count: number
  length: number
  longest: number
}

/**
 * The messages that nodes write to the bus, by kind: `audience`, other `entry`, `cast`, kinds of questions, and `kind
 * answer`.
 */
export interface BusTraffic {
  wrap(bus: Bus): Bus
  /** Returns what was written since the last call. */
  take(): Map<string, Traffic>
}

/** Counts the messages of the buses it wraps, and the time in which each node handles what it receives. */
export function createBusTraffic(times: Pick<WorkTimes, 'begin'>): BusTraffic {
  let traffic = new Map<string, Traffic>()
  const kinds = new Map<string, string>()

  function count(kind: string, { length }: string): void {
    const known = traffic.get(kind) ?? { count: 0, length: 0, longest: 0 }
    traffic.set(kind, {
      count: known.count + 1,
      length: known.length + length,
      longest: Math.max(known.longest, length)
    })
  }

  /** Reads only the head: parsing all of it would count as the work of the sender. */
  function kindOf(message: string): string {
    const [, re] = /^{"v":1,"re":"([^"]+)"/.exec(message) ?? []
    const [, id, kind] = /^{"v":1,"id":"([^"]+)","kind":"([^"]+)"/.exec(message) ?? []
    if (id !== undefined && kind !== undefined) kinds.set(id, kind)
    if (re === undefined) return kind ?? 'unknown'
    const answered = `${kinds.get(re) ?? 'unknown'} answer`
    kinds.delete(re)
    return answered
  }

  function timed<A extends unknown[]>(nodeId: string, handler: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      times.begin(nodeId)
      handler(...args)
    }
  }

  return {
    wrap(bus) {
      const { nodeId } = bus
      return {
        ...bus,
        async send(to, message) {
          count(kindOf(message), message)
          times.begin(nodeId)
          await bus.send(to, message)
        },
        async publish(showId, token, entry) {
          count(entry.startsWith('{"kind":"message","event":"audience"') ? 'audience' : 'entry', entry)
          await bus.publish(showId, token, entry)
        },
        cast(channel, message) {
          count('cast', message)
          bus.cast(channel, message)
        },
        onMessage: handler => bus.onMessage(timed(nodeId, handler)),
        follow: async (showId, handler) => await bus.follow(showId, timed(nodeId, handler)),
        listen: (channel, handler) => bus.listen(channel, timed(nodeId, handler)),
        onNodeLost: listener => bus.onNodeLost(timed(nodeId, listener))
      }
    },
    take() {
      const taken = traffic
      traffic = new Map()
      return taken
    }
  }
}
