import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createWorker, type types } from 'mediasoup'
import type { Test } from 'tap'
import { mediaOptions } from './test-media.ts'

/** Starts a worker without our code; it closes with the test. */
export async function openWorker(t: Test): Promise<types.Worker> {
  const worker = await createWorker({ workerBin: mediaOptions.workerBin })
  t.teardown(() => worker.close())
  return worker
}

/** Opens a UDP socket at a free port of an address, with room for bursts; it closes with the test. */
export async function openSocket(t: Test, ip: string): Promise<Socket> {
  const socket = createSocket({ type: ip.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 << 20 })
  socket.bind(0, ip)
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return socket
}
