import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { startSplitProxy } from './split-proxy.ts'

async function startNamed(t: Test, name: string): Promise<string> {
  const server: Server = createServer((_request, response) => response.end(name)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('connections for sockets go to one node, all others to the other', async t => {
  const proxy = await startSplitProxy()
  t.teardown(async () => await proxy.close())
  proxy.aim({ sockets: await startNamed(t, 'edge'), requests: await startNamed(t, 'home') })
  const answer = async (target: string) => {
    const socket = connect(proxy.port, '127.0.0.1')
    // In pieces, because the first one may not hold the whole path.
    socket.write('GET ')
    await once(socket, 'connect')
    socket.write(`${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    return (await text(socket)).split('\r\n').find(line => /^(home|edge)$/.test(line))
  }
  t.equal(await answer('/socket.io/?EIO=4'), 'edge')
  t.equal(await answer('/v1/shows'), 'home')
  t.equal(await answer('/v1/x?y=/socket.io/'), 'home')
})
