import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../realtime/cluster/until.ts'
import { startFaultProxy } from './fault-proxy.ts'

async function startEcho(t: Test, place: number | string): Promise<number | string> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).pipe(socket)
  })
  server.listen(place)
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return typeof place === 'string' ? place : (server.address() as AddressInfo).port
}

/** A client that collects what comes back. */
function dial(t: Test, port: number) {
  const socket = connect(port, '127.0.0.1')
  const client = { socket, text: '', isClosed: false }
  socket
    .on('data', chunk => (client.text += String(chunk)))
    .on('error', () => {})
    .on('close', () => (client.isClosed = true))
  t.teardown(() => socket.destroy())
  return client
}

for (const kind of ['port', 'socket'] as const) {
  t.test(`a proxy before a ${kind} forwards, cuts, silences, delays and restores`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'ambient-proxy-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const proxy = await startFaultProxy(t, await startEcho(t, kind === 'port' ? 0 : join(folder, 'echo')))
    const first = dial(t, proxy.port)
    first.socket.write('1')
    await until(() => first.text === '1')

    proxy.delay(200)
    const sentMs = performance.now()
    first.socket.write('2')
    await until(() => first.text === '12')
    t.ok(performance.now() - sentMs >= 390, 'both ways are delayed')
    proxy.delay(0)

    proxy.silence()
    const quiet = dial(t, proxy.port)
    first.socket.write('3')
    quiet.socket.write('3')
    await new Promise(resolve => setTimeout(resolve, 100))
    t.same([first.text, first.isClosed, quiet.text, quiet.isClosed], ['12', false, '', false])
    await proxy.restore()
    await until(() => first.isClosed && quiet.isClosed)

    const second = dial(t, proxy.port)
    second.socket.write('4')
    await until(() => second.text === '4')
    await proxy.cut()
    await until(() => second.isClosed)
    const refused = dial(t, proxy.port)
    await until(() => refused.isClosed)
    await proxy.restore()
    const third = dial(t, proxy.port)
    third.socket.write('5')
    await until(() => third.text === '5')
  })
}
