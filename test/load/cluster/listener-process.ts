/*
 * One process of WebRTC listeners for test/load/cluster.ts, so that receiving is not counted as the cost of sending.
 * Answers an order when all listen, and each 'report' with the packets of each listener since the last one.
 */
import { openListenerPeer, type ListenerPeer } from '../../audio-peers.ts'
import { joinShow } from '../../users.ts'

/** Connect this many listeners of one voice. */
export interface ListenOrder {
  readonly url: string
  readonly showId: string
  readonly producerId: string
  readonly count: number
}

/** All listen; or the packets of each listener since the last report. */
export type ListenerReport = { readonly ready: true } | { readonly packets: number[] }

const joinsAtOnce = 6

interface Listener {
  readonly peer: ListenerPeer
  reported: number
}

const listeners: Listener[] = []
let heardId = ''

async function listen({ url, showId, producerId }: ListenOrder): Promise<void> {
  const { client } = await joinShow(url, showId)
  const peer = await openListenerPeer(client)
  await peer.consume(producerId)
  listeners.push({ peer, reported: 0 })
}

function report(): number[] {
  return listeners.map(listener => {
    const count = listener.peer.packetCount(heardId)
    const packets = count - listener.reported
    listener.reported = count
    return packets
  })
}

process.on('message', async (order: ListenOrder | 'report') => {
  if (order === 'report') return process.send?.({ packets: report() } satisfies ListenerReport)
  heardId = order.producerId
  let left = order.count
  await Promise.all(
    Array.from({ length: joinsAtOnce }, async () => {
      while (left-- > 0) await listen(order)
    })
  )
  process.send?.({ ready: true } satisfies ListenerReport)
})
process.on('disconnect', () => process.exit())
