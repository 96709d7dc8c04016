import t from 'tap'
import { startBehind } from '../nginx/behind.ts'
import { signIn } from '../users.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { openVisitor } from './browser.ts'
import { waitUntilHears, waitUntilHearsMore } from './listening.ts'
import { signInVisitor, postComment, goLive, joinShow, bringOnStage } from './show-steps.ts'

const { url, front, server, close } = await startBehind()
const home = await front.authority.createTrustingHome()
const host = await signInVisitor(url, 'Host', { home, frequencyHz: 440 })
const guest = await signInVisitor(url, 'Guest', { home, frequencyHz: 880 })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await close()
})

t.test('a browser that does not trust the certificate authority refuses the page', async t => {
  const stranger = await openVisitor()
  t.teardown(stranger.close)
  await t.rejects(stranger.page.goto(url), /ERR_CERT_AUTHORITY_INVALID/)
})

t.test('a whole show works over TLS: sound both ways, a comment, and a guest on stage', async t => {
  const address = await goLive(host, 'A show behind NGINX')
  t.match(address, url)
  await joinShow(guest, address)
  await waitUntilHearsMore(guest)
  await postComment(guest, 'I hear you well')
  await host.page.getByText('I hear you well', { exact: true }).waitFor()
  await bringOnStage(host, guest, 'Guest')
  await waitUntilHears(host, ({ streams }) => streams === 1)
  await waitUntilHearsMore(host)
  t.pass('both hear each other')
})

t.test('a browser seeks in a song with range requests', async t => {
  const owner = await signIn(url, 'Owner')
  const { id } = await uploaded(
    url,
    owner,
    await makeFile('long.mp3', ['-b:a', '320k'], 'anoisesrc=duration=300:amplitude=0.3')
  )
  const { audioUrl, durationMs } = await settled(owner, id)
  // Slow enough that the sought position is not loaded yet and needs a request of its own.
  const network = await host.page.context().newCDPSession(host.page)
  await network.send('Network.enable')
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: 200_000,
    uploadThroughput: -1
  })
  const answers: number[] = []
  host.page.on('response', response => {
    if (response.url().includes(`/v1/songs/${id}/audio`)) answers.push(response.status())
  })
  const seeked = await host.page.evaluate(async address => {
    const player = new Audio(address)
    player.muted = true
    await player.play()
    player.currentTime = 270
    await new Promise(resolve => {
      player.onseeked = resolve
    })
    await new Promise(resolve => {
      player.ontimeupdate = () => {
        if (player.currentTime > 270.3) resolve(null)
      }
    })
    const { currentTime, duration } = player
    player.src = ''
    return { currentTime, duration }
  }, audioUrl ?? '')
  await network.detach()
  t.ok(seeked.currentTime > 270)
  t.ok(Math.abs(seeked.duration * 1000 - (durationMs ?? 0)) < 1000)
  t.ok(answers.length > 1 && answers.every(status => status === 206), answers.join(' '))
})

t.test('pages are sent over HTTP/2, compressed', async t => {
  const protocols = await host.page.evaluate(() => [
    ...new Set(
      performance.getEntriesByType('resource').map(entry => (entry as PerformanceResourceTiming).nextHopProtocol)
    )
  ])
  t.ok(protocols.includes('h2'), protocols.join(' '))
  // The page itself is too short to be compressed.
  const page = await guest.page.context().newPage()
  const [script] = await Promise.all([page.waitForResponse(response => response.url().endsWith('.js')), page.goto(url)])
  t.equal((await script.allHeaders())['content-encoding'], 'br', 'as the build has compressed it')
})

t.test('while the node is down, visitors get a page that reloads by itself when it is back', async t => {
  const page = await guest.page.context().newPage()
  await server.stop('SIGKILL')
  await page.goto(`${url}/`)
  await page.getByRole('heading', { name: 'Back in a moment' }).waitFor()
  // A socket is logged when it closes.
  t.match((await front.readLogs()).access, '"path":"/socket.io/","protocol":"HTTP/1.1","status":101')
  await server.restart()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  t.pass('without any user action')
})
