import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy in front of two nodes. */
export interface SplitProxy {
  readonly port: number
  /** Sets where connections go: those whose first request is for `/socket.io/`, and all others. */
  aim(target: { sockets: string; requests: string }): void
  close(): Promise<void>
}

/** Longer than the method and the beginning of the path, which decide. */
const decisiveBytes = 64

/**
 * Starts a proxy on a port of 127.0.0.1. It forwards bytes unchanged, so that malformed requests reach the node as they
 * are. The first request of a connection decides for all: clients open sockets on connections of their own.
 */
export async function startSplitProxy(port = 0): Promise<SplitProxy> {
  let target: { sockets: URL; requests: URL } | undefined
  const open = new Set<Socket>()

  function keep(socket: Socket): void {
    open.add(socket)
    socket.setNoDelay()
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  }

  const server = createServer({ allowHalfOpen: true }, near => {
    keep(near)
    let head = Buffer.alloc(0)
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      if (head.length < decisiveBytes && !head.includes('\n')) return
      forward()
    }
    const forward = () => {
      near.off('data', onData).off('end', forward).pause()
      const isSocket = /^[A-Z]+ \/socket\.io\//.test(head.subarray(0, decisiveBytes).toString('latin1'))
      const url = isSocket ? target?.sockets : target?.requests
      if (!url) {
        near.destroy()
        return
      }
      const far = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true })
      keep(far)
      far.write(head)
      near.pipe(far)
      far.pipe(near)
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
      if (near.readableEnded) far.end()
    }
    near.on('data', onData).on('end', forward)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    aim: ({ sockets, requests }) => {
      target = { sockets: new URL(sockets), requests: new URL(requests) }
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    }
  }
}
