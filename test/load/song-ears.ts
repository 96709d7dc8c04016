/*
 * The listeners of `bench:player`, in a process of their own: what it costs to hear is no part of what it costs to play.
 * Told a number, it opens so many sockets and answers their ports; told 'begin', it forgets; told 'end', it answers what was heard.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** What all ears heard since they began; `spreadMs`: so far apart is how early packets come by their timestamps, but for 1 in 100. */
export interface Hearing {
  packets: number
  bytes: number
  spreadMs: number
}

const samplesPerMs = 48
const ipAndUdpBytes = 20 + 8

let earlyMs: number[][] = []
let bytes = 0

async function listen(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.on('message', message => {
    const payloadType = (message[1] ?? 0) & 0x7f
    if (payloadType >= 64 && payloadType <= 95) return
    bytes += message.length + ipAndUdpBytes
    const early = message.readUInt32BE(4) / samplesPerMs - performance.now()
    earlyMs[port]?.push(early)
    earlyMs[port] ??= [early]
  })
  return port
}

/** Between the earliest and the latest of a stream, by its own clock; one that wrapped around says nothing. */
function spread(early: number[]): number {
  const sorted = early.toSorted((a, b) => a - b)
  return (sorted[Math.floor(sorted.length * 0.995)] ?? NaN) - (sorted[Math.floor(sorted.length * 0.005)] ?? NaN)
}

function report(): Hearing {
  const streams = Object.values(earlyMs)
  const spreads = streams.map(spread).sort((a, b) => a - b)
  return { packets: streams.flat().length, bytes, spreadMs: spreads[Math.floor(spreads.length / 2)] ?? NaN }
}

process.on('message', async message => {
  if (typeof message === 'number') process.send?.(await Promise.all(Array.from({ length: message }, listen)))
  if (message === 'begin') [earlyMs, bytes] = [[], 0]
  if (message === 'end') process.send?.(report())
})
process.on('disconnect', () => process.exit())
