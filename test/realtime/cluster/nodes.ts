import type { Test } from 'tap'
import type { AckData, ClientEventName, Payload } from '../../../contract/client-events.ts'
import type { BackstageGuest } from '../../../contract/backstage.ts'
import type { Bus } from '../../../realtime/cluster/bus.ts'
import { createMemoryCluster, type MemoryCluster } from '../../../realtime/cluster/memory-bus.ts'
import type { EventLimits } from '../../../realtime/sockets/event-limits.ts'
import type { Delay } from '../live/fake-mediasoup.ts'
import type { FakeSocket } from '../live/fake-sockets.ts'
import { createMemoryStore, type MemoryStore } from '../live/memory-store.ts'
import { createRealtimeUnderTest, type RealtimeUnderTest } from '../live/show-under-test.ts'
import { creator, showWith } from '../room/people.ts'

/** Nodes in this process: the real code of `realtime/` on each, a bus in memory between them, one store. */
export interface Nodes {
  readonly cluster: MemoryCluster
  readonly store: MemoryStore
  readonly showId: string
  /** By their order: `nodeId` is `a`, `b`, … */
  readonly nodes: readonly RealtimeUnderTest[]
}

export interface NodesOptions {
  count?: number
  /** Operations of the store and the media of all nodes wait for it. */
  delay?: Delay
  /** Stands between each node and its bus. */
  wrapBus?: (bus: Bus) => Bus
  eventLimits?: EventLimits
  /** The people invited backstage of a show that is only planned. */
  backstage?: readonly BackstageGuest[]
}

/** Starts nodes and a show whose home is the first. They are closed after the test. */
export async function startNodes(
  t: Pick<Test, 'teardown'>,
  { count = 2, delay, wrapBus = bus => bus, eventLimits, backstage }: NodesOptions = {}
): Promise<Nodes> {
  const show = { ...showWith(3), ...(backstage && { backstage: { version: 1, guests: backstage } }) }
  const cluster = createMemoryCluster({ nodeTtlMs: 300, sureMs: 150 })
  const store = createMemoryStore([show], delay)
  if (backstage) store.data.get(show.id)!.status = 'scheduled'
  const nodes = Array.from({ length: count }, (_, index) => {
    const nodeId = String.fromCharCode(97 + index)
    const bus = wrapBus(cluster.join({ nodeId, address: '127.0.0.1', isDraining: false, load: 0 }))
    return createRealtimeUnderTest(store, delay, eventLimits, { bus, isShared: true })
  })
  t.teardown(async () => {
    await Promise.all(nodes.map(async node => await node.close()))
  })
  if (!backstage) await nodes[0]!.rooms.command(show.id, { kind: 'user', userId: creator }, { type: 'show:start' })
  return { cluster, store, showId: show.id, nodes }
}

/** Sends a command that must succeed. */
export async function ask<E extends ClientEventName>(
  socket: FakeSocket,
  event: E,
  payload: Payload<E>
): Promise<AckData<E>> {
  const answer = await socket.request(event, payload)
  if (!answer?.ok) throw new Error(`${event}: ${JSON.stringify(answer)}`)
  return answer.data
}

/** The names of the messages that a socket received, and of the events in them. */
export function receivedBy(socket: FakeSocket): string[] {
  return socket.received.map(message => {
    if (message.event !== 'room:event' && message.event !== 'queue:event') return message.event
    return message.payload.event.type
  })
}
