import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { MongoClient } from 'mongodb'
import type { Test } from 'tap'
import { startEmbeddedStore } from '../../plugins/embedded/index.ts'

/** Text in a stored document whose bytes arrive damaged at the server. */
export const damage = 'ä-damaged'

/** A store behind a proxy that makes the text `damage` invalid UTF-8, and that can break down. */
export async function startDamagingStore(t: Test) {
  const store = await startEmbeddedStore({ dataDir: t.testdir(), onCrash: t.fail, onInternalError: () => {} })
  const socketPath = decodeURIComponent(new URL(store.url).host)
  const sockets = new Set<Socket>()
  /** The proxy breaks every connection when it sees this in a command. */
  const down = { when: '' }
  const proxy = createServer(client => {
    const server = connect(socketPath)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => [client, server].forEach(one => one.destroy()))
    }
    client.on('data', bytes => {
      if (down.when !== '' && bytes.includes(down.when)) {
        proxy.close()
        for (const socket of sockets) socket.destroy()
      } else server.write(bytes)
    })
    server.on('data', bytes => {
      for (let n = bytes.indexOf(damage); n >= 0; n = bytes.indexOf(damage)) bytes[n] = 0xff
      client.write(bytes)
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const direct = await MongoClient.connect(store.url)
  t.teardown(async () => {
    proxy.close()
    await direct.close()
    await store.close()
  })
  return { url: `mongodb://127.0.0.1:${(proxy.address() as AddressInfo).port}/ambient`, db: direct.db('ambient'), down }
}
