import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { build } from 'vite'
import { programOf } from '../docs/page-blocks.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { goLive } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { openVisitor } from './browser.ts'

const root = join(import.meta.dirname, '..', '..')

t.teardown(closeRtcPeers)

/** Bundles the program into one script, as an app would. */
async function bundle(program: string): Promise<string> {
  // In the repository's root, since the program imports the SDK by a relative path.
  const entry = join(root, `.page-program-${process.pid}.ts`)
  await writeFile(entry, program)
  try {
    const built = await build({
      configFile: false,
      root,
      logLevel: 'silent',
      publicDir: false,
      build: {
        write: false,
        minify: false,
        target: 'esnext',
        rolldownOptions: { input: entry, output: { codeSplitting: false } }
      }
    })
    const [output] = [built].flat()
    if (!output || !('output' in output)) throw new Error('nothing was built')
    return output.output[0].code
  } finally {
    await rm(entry)
  }
}

/** Serves a page from another origin, as an app's own web server does. */
async function serve(t: Test, page: () => string): Promise<string> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('the documented browser program hears, comments, reacts and speaks', async t => {
  let script = ''
  const origin = await serve(
    t,
    () => `<!doctype html><meta charset="utf-8"><title>A program</title><script type="module">${script}</script>`
  )
  const { url } = await startApp(t, { CORS_ORIGINS: origin })
  const { client, showId, creator } = await goLive(url)
  const speakerPeer = await openSpeakerPeer(client)
  await speakerPeer.produce()
  speakerPeer.startTalking()
  t.teardown(() => {
    speakerPeer.stopTalking()
    client.disconnect()
  })
  script = await bundle(programOf('app-developers.md', 'elementOutput').replace('http://127.0.0.1:3000', url))
  const visitor = await openVisitor()
  t.teardown(async () => await visitor.close())

  visitor.page.on('pageerror', error => t.fail(`the program threw ${error.message}`))
  const [comments, reactions, asked] = [
    client.nextMessage('comments'),
    client.nextMessage('reactions'),
    client.waitForEvent('speak:requested')
  ]
  await visitor.page.goto(origin)
  t.match(await comments, { comments: [{ text: 'Hello', showId }] })
  t.same(await reactions, { counts: { '👏': 1 } })
  const { event } = await asked
  if (event.type !== 'speak:requested') return t.fail('no speak request')
  t.match(event, { reason: 'I have a question', displayName: 'Listener' })
  await until(async () => (await visitor.receivedAudio()).packets > 10)
  await client.request('speak:answer', { requestId: event.requestId, accept: true })
  t.match(await client.waitForEvent('stage:joined', joined => 'userId' in joined && joined.userId !== creator.id), {
    event: { userId: event.userId, muted: false }
  })
})
