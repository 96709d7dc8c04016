import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import t from 'tap'
import { runLimited } from '../../plugins/app/songs/transcode/limited-process.ts'
import { findOwnNetwork, type Prefix } from '../../plugins/app/songs/transcode/own-network.ts'

const listener = createServer(socket => socket.end())
listener.listen(0, '127.0.0.1')
await once(listener, 'listening')
t.teardown(() => listener.close())
const { port } = listener.address() as AddressInfo

/** What a process says of the listener, and whether its id is the one that is watched and killed. */
async function connect(ownNetwork: Prefix | null): Promise<string> {
  let printed = ''
  const script = `require('net').connect(${port}, '127.0.0.1').on('connect', () => { console.log('connected'); process.exit() }).on('error', ({ code }) => console.log(code, process.ppid === ${process.pid}))`
  const { code } = await runLimited({
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    limits: { wallMs: 60_000, cpuMs: 60_000, residentBytes: 2 ** 29, fileBytes: 0 },
    async read(output) {
      for await (const chunk of output) printed += String(chunk)
    },
    signal: new AbortController().signal,
    ownNetwork
  })
  t.equal(code, 0)
  return printed.trim()
}

t.test('a process with a network of its own reaches nobody', async t => {
  const ownNetwork = await findOwnNetwork()
  // Where the machine does not allow it, this process has ours, as it is said.
  t.equal(await connect(ownNetwork), ownNetwork ? 'ENETUNREACH true' : 'connected')
})

t.test('where the machine does not allow it, it goes on with ours', async t => {
  const tried: string[] = []
  const ownNetwork = await findOwnNetwork(async way => {
    tried.push(way.join(' '))
    return false
  })
  t.equal(ownNetwork, null)
  t.same(tried, ['unshare --net', 'unshare --user --map-current-user --net'])
  t.equal(await connect(ownNetwork), 'connected')
})

t.test('who is not root makes a world of their own for it', async t => {
  t.same(await findOwnNetwork(async way => way.includes('--user')), [
    'unshare',
    '--user',
    '--map-current-user',
    '--net'
  ])
})
