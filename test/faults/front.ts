import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

/**
 * Starts a TCP server that forwards each connection to the first of these addresses that accepts it, as NGINX goes to
 * the next node when one is gone. Returns its address. It ends with the test.
 */
export async function startFront(t: Test, addresses: readonly string[]): Promise<string> {
  const open = new Set<Socket>()
  const server = createServer(near => {
    open.add(near)
    near.on('error', () => {}).on('close', () => open.delete(near))
    pass(near, addresses)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of open) socket.destroy()
    await closed
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function pass(near: Socket, [address, ...others]: readonly string[]): void {
  if (address === undefined) {
    near.destroy()
    return
  }
  const { port } = new URL(address)
  const far = connect(Number(port), '127.0.0.1')
  let isConnected = false
  far.on('connect', () => {
    isConnected = true
    near.pipe(far).pipe(near)
  })
  far.on('error', () => {
    if (!isConnected) pass(near, others)
  })
  far.on('close', () => {
    if (isConnected) near.destroy()
  })
  near.on('close', () => far.destroy())
}
