import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import t from 'tap'
import { runLimited } from '../../plugins/app/songs/transcode/limited-process.ts'
import { findNetworkIsolation, type CommandPrefix } from '../../plugins/app/songs/transcode/network-isolation.ts'

const listener = createServer(socket => socket.end())
listener.listen(0, '127.0.0.1')
await once(listener, 'listening')
t.teardown(() => listener.close())
const { port } = listener.address() as AddressInfo

/**
 * Returns what a process prints when it connects to the listener: `connected`, or the error code and whether its parent
 * is this process, as it must be for limits and kills to reach it.
 */
async function connect(networkIsolation: CommandPrefix | null): Promise<string> {
  let stdout = ''
  const script = `
    require('net').connect(${port}, '127.0.0.1')
      .on('connect', () => { console.log('connected'); process.exit() })
      .on('error', ({ code }) => console.log(code, process.ppid === ${process.pid}))`
  const { code } = await runLimited({
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    limits: { wallMs: 60_000, cpuMs: 60_000, residentBytes: 2 ** 29, fileBytes: 0 },
    async read(output) {
      for await (const chunk of output) stdout += String(chunk)
    },
    signal: new AbortController().signal,
    networkIsolation
  })
  t.equal(code, 0)
  return stdout.trim()
}

t.test('an isolated process reaches nobody', async t => {
  const networkIsolation = await findNetworkIsolation()
  // Machines that do not allow isolation run the process with their network.
  t.equal(await connect(networkIsolation), networkIsolation ? 'ENETUNREACH true' : 'connected')
})

t.test('without permission to isolate, the process uses the network of the machine', async t => {
  const tried: string[] = []
  const networkIsolation = await findNetworkIsolation(async prefix => {
    tried.push(prefix.join(' '))
    return false
  })
  t.equal(networkIsolation, null)
  t.same(tried, ['unshare --net', 'unshare --user --map-current-user --net'])
  t.equal(await connect(networkIsolation), 'connected')
})

t.test('a user who is not root creates a user namespace', async t => {
  t.same(await findNetworkIsolation(async prefix => prefix.includes('--user')), [
    'unshare',
    '--user',
    '--map-current-user',
    '--net'
  ])
})
