/*
 * The listeners of bench:player, in a process of their own, so that the cost of receiving is not measured as the cost
 * of playing. On a number, it opens that many sockets and answers with their ports; on 'begin', it resets its counts;
 * on 'end', it answers with its report.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/**
 * Totals of all sockets since 'begin'. `spreadMs`: the range within which 99 of 100 packets arrive, relative to
 * their timestamps.
 */
export interface ReceptionReport {
  packets: number
  bytes: number
  spreadMs: number
}

const samplesPerMs = 48
const ipAndUdpBytes = 20 + 8

/** How early each packet arrived by its timestamp, ms, by port. */
let leadsMs: number[][] = []
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
    const leadMs = message.readUInt32BE(4) / samplesPerMs - performance.now()
    leadsMs[port]?.push(leadMs)
    leadsMs[port] ??= [leadMs]
  })
  return port
}

/** Returns the range of 99 of 100 packets of a stream. A stream whose timestamps wrapped around has no valid range. */
function spread(leads: number[]): number {
  const sorted = leads.toSorted((a, b) => a - b)
  return (sorted[Math.floor(sorted.length * 0.995)] ?? NaN) - (sorted[Math.floor(sorted.length * 0.005)] ?? NaN)
}

function report(): ReceptionReport {
  const streams = Object.values(leadsMs)
  const spreads = streams.map(spread).sort((a, b) => a - b)
  return { packets: streams.flat().length, bytes, spreadMs: spreads[Math.floor(spreads.length / 2)] ?? NaN }
}

process.on('message', async message => {
  if (typeof message === 'number') process.send?.(await Promise.all(Array.from({ length: message }, listen)))
  if (message === 'begin') [leadsMs, bytes] = [[], 0]
  if (message === 'end') process.send?.(report())
})
process.on('disconnect', () => process.exit())
