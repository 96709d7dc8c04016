import t from 'tap'
import { errorTable } from '../../contract/errors.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { createBrowser, redirectUrl } from '../oauth-browser.ts'
import { startApp, until } from '../realtime/real-app.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { playFrames, type Scene } from './frames-block.ts'
import { sendRequest } from './http-block.ts'
import { blocksOf, pageText } from './page-blocks.ts'
import { textWav } from './text-wav.ts'

t.teardown(closeRtcPeers)

/**
 * Does what the browser does between the two requests of a sign-in: the user agrees at Spotify. Returns the code with
 * which the browser comes back.
 */
async function signInAtSpotify(start: string): Promise<string | null> {
  const browser = createBrowser()
  const page = redirectUrl(await browser.open(start))
  const callback = redirectUrl(
    await browser.post(`${page.origin}/authorize`, {
      ...Object.fromEntries(page.searchParams),
      listener: 'listener1',
      decision: 'agree'
    })
  )
  return redirectUrl(await browser.open(callback.href)).searchParams.get('code')
}

t.test('the server answers every request and frame as the page says, and the listener hears the creator', async t => {
  const spotify = await startSpotifyStandIn()
  t.teardown(async () => await spotify.close())
  const { url } = await startApp(t, {
    ...spotify.settings,
    AUTH_GUESTS: 'on',
    REDIRECT_URIS: 'org.example.shows:/signed-in'
  })
  const scene: Scene = { url, names: new Map([['file', textWav()]]), actors: new Map() }
  t.teardown(() => {
    for (const { socket } of scene.actors.values()) socket.close()
  })
  const blocks = blocksOf('docs/app-developers.md').filter(
    ({ language }) => language === 'http' || language === 'frames'
  )
  t.ok(blocks.length > 20, 'the page has blocks')
  for (const { language, text, line } of blocks) {
    try {
      if (language === 'frames') await playFrames(text, scene)
      else t.equal(await sendRequest(text, url, scene.names), null, `line ${line}`)
      const [signIn] = /(?<=^GET )\/v1\/auth\/spotify\S+/.exec(text) ?? []
      if (signIn) scene.names.set('code', await signInAtSpotify(url + signIn))
    } catch (error) {
      return t.fail(`docs/app-developers.md, block at line ${line}: ${String(error)}`)
    }
    // Packets flow once both are connected, whatever comes next on the page.
    const receiver = scene.actors.get('listener')?.peers.get('recv')
    if (receiver && text.includes('media:resumeConsumer')) {
      await until(() => [...receiver.received.values()].some(packets => packets > 5))
    }
  }
})

t.test('the page explains every error code and its HTTP status', async t => {
  const table = pageText('docs/app-developers.md').split('<!-- codes -->')[1]?.split('\n\n')[0] ?? ''
  const rows = table
    .split('\n')
    .filter(row => row.startsWith('| `'))
    .flatMap(row => {
      const [, names = '', status = ''] = row.split('|')
      return [...names.matchAll(/`(\w+)`/g)].map(([, code = '']) => [code, status.trim()])
    })
  const expected = Object.entries(errorTable).map(([code, { statusCode }]) => [
    code,
    code === 'UNKNOWN_EVENT' ? 'socket only' : String(statusCode)
  ])
  t.same(rows.sort(), expected.sort())
})
