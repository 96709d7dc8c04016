import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { build, createServer, preview } from 'vite'
import { programOf } from '../docs/page-blocks.ts'
import { openVisitor, type Visitor } from '../e2e/browser.ts'
import { waitUntilHears, waitUntilHearsMore } from '../e2e/listening.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { startApp } from '../realtime/real-app.ts'
import { goLive } from '../users.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { createApp } from './app-folder.ts'

t.teardown(closeRtcPeers)

/** A page as Vite's own template has it. The address of the Ambient server comes with the page's address. */
function viteApp(program: string): Record<string, string> {
  const serverUrl = "new URL(location.href).searchParams.get('server') ?? ''"
  return {
    'index.html':
      '<!doctype html><meta charset="utf-8"><title>An app</title><script type="module" src="/main.ts"></script>',
    'main.ts': program.replace("'http://127.0.0.1:3000'", serverUrl)
  }
}

function originOf({ httpServer }: { httpServer: { address(): AddressInfo | string | null } | null }): string {
  return `http://127.0.0.1:${(httpServer?.address() as AddressInfo).port}`
}

const viteOptions = (root: string) =>
  ({
    root,
    configFile: false,
    logLevel: 'error',
    server: { host: '127.0.0.1' },
    preview: { host: '127.0.0.1' }
  }) as const

async function startDevServer(t: Test, app: string): Promise<string> {
  const server = await createServer(viteOptions(app))
  t.teardown(async () => await server.close())
  return originOf(await server.listen())
}

async function startPreview(t: Test, app: string): Promise<string> {
  await build(viteOptions(app))
  const server = await preview(viteOptions(app))
  t.teardown(async () => await server.close())
  return originOf(server)
}

async function visit(t: Test): Promise<Visitor> {
  const visitor = await openVisitor()
  t.teardown(async () => await visitor.close())
  visitor.page.on('pageerror', error => t.fail(`the page threw ${error.message}`))
  return visitor
}

t.test('a fresh Vite app hears a show and speaks in it, built and from the development server', async t => {
  const speakerApp = await createApp(t, { files: viteApp(programOf('docs/app-developers.md', 'elementOutput')) })
  const listenerApp = await createApp(t, { files: viteApp(programOf('client/README.md', 'elementOutput')) })
  const [speakerOrigin, listenerOrigin] = [await startPreview(t, speakerApp), await startDevServer(t, listenerApp)]
  const { url } = await startApp(t, { CORS_ORIGINS: `${speakerOrigin},${listenerOrigin}` })
  const { client, showId, creator } = await goLive(url)
  const speakerPeer = await openSpeakerPeer(client)
  await speakerPeer.produce()
  speakerPeer.startTalking()
  t.teardown(() => {
    speakerPeer.stopTalking()
    client.disconnect()
  })

  const speaker = await visit(t)
  const [comments, reactions, requested] = [
    client.nextMessage('comments'),
    client.nextMessage('reactions'),
    client.waitForEvent('speak:requested')
  ]
  await speaker.page.goto(`${speakerOrigin}/?server=${url}`)
  t.match(await comments, { comments: [{ text: 'Hello', showId }] })
  t.same(await reactions, { counts: { '👏': 1 } })
  const { event } = await requested
  if (event.type !== 'speak:requested') return t.fail('the event has another type')
  t.match(event, { reason: 'I have a question', displayName: 'Listener' })
  await waitUntilHears(speaker, ({ packets }) => packets > 10)
  await client.request('speak:answer', { requestId: event.requestId, accept: true })
  t.match(await client.waitForEvent('stage:joined', joined => 'userId' in joined && joined.userId !== creator.id), {
    event: { userId: event.userId, muted: false }
  })

  // The creator's packets are noise that no decoder plays; the speaker's microphone sends a tone.
  const listener = await visit(t)
  await listener.page.goto(`${listenerOrigin}/?server=${url}`)
  await waitUntilHearsMore(listener)
  t.pass('the listener hears the speaker')
})

t.test(
  'the first script of a Vite app that joins shows later holds neither Socket.IO nor mediasoup-client',
  async t => {
    const root = await createApp(t, {
      files: viteApp(`import { createAmbientApi } from '@ambient/client/api'
const api = createAmbientApi({ url: 'http://127.0.0.1:3000' })
const { items } = await api.shows.list({ status: 'live' })
document.title = items[0]?.title ?? ''
const { joinShow } = await import('@ambient/client')
joinShow(api, items[0]?.id ?? '')
`)
    })
    const built = await build({ ...viteOptions(root), build: { write: false } })
    if (!('output' in built)) return t.fail('Vite returned no output')
    const chunks = built.output.filter(file => file.type === 'chunk')
    const namesOf = (chunk: (typeof chunks)[number]) =>
      ['socket.io-client', 'mediasoup-client'].filter(name => chunk.moduleIds.some(id => id.includes(`/${name}/`)))
    // A chunk is loaded with the ones that it imports.
    const first = new Set(chunks.filter(({ isEntry }) => isEntry))
    for (const { imports } of first) {
      for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk)
    }
    t.ok(first.size > 0)
    t.same([...first].flatMap(namesOf), [])
    t.same(new Set(chunks.flatMap(namesOf)), new Set(['socket.io-client', 'mediasoup-client']))
  }
)
