import t from 'tap'
import { startBehind } from '../nginx/behind.ts'
import { signIn } from '../users.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { openVisitor } from './browser.ts'
import { untilHears, untilHearsMore } from './hearing.ts'
import { arrive, ask, comment, goLive, listenTo, speak } from './moves.ts'

const { url, front, server, close } = await startBehind()
const home = await front.authority.trustingHome()
const host = await arrive(url, 'Host', { home, frequencyHz: 440 })
const guest = await arrive(url, 'Guest', { home, frequencyHz: 880 })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await close()
})

t.test('a browser that does not believe the authority sees nothing of it', async t => {
  const stranger = await openVisitor()
  t.teardown(stranger.close)
  await t.rejects(stranger.page.goto(url), /ERR_CERT_AUTHORITY_INVALID/)
})

t.test('a whole show through TLS: sound both ways, a comment, somebody on stage', async t => {
  const address = await goLive(host, 'A show behind NGINX')
  t.match(address, url)
  await listenTo(guest, address)
  await untilHearsMore(guest)
  await comment(guest, 'I hear you well')
  await host.page.getByText('I hear you well', { exact: true }).waitFor()
  await ask(guest)
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await speak(guest)
  await untilHears(host, ({ streams }) => streams === 1)
  await untilHearsMore(host)
  t.pass('both hear, and what was said is there')
})

t.test("a song is sought in the browser's own player, part by part", async t => {
  const owner = await signIn(url, 'Owner')
  const { id } = await uploaded(
    url,
    owner,
    await makeFile('long.mp3', ['-b:a', '320k'], 'anoisesrc=duration=300:amplitude=0.3')
  )
  const { audioUrl, durationMs } = await settled(owner, id)
  // So slow that what is sought is not there yet, and has to be asked for by itself.
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
  const sought = await host.page.evaluate(async address => {
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
  t.ok(sought.currentTime > 270)
  t.ok(Math.abs(sought.duration * 1000 - (durationMs ?? 0)) < 1000)
  t.ok(answers.length > 1 && answers.every(status => status === 206), answers.join(' '))
})

t.test('pages come by HTTP/2, compressed', async t => {
  const protocols = await host.page.evaluate(() => [
    ...new Set(
      performance.getEntriesByType('resource').map(entry => (entry as PerformanceResourceTiming).nextHopProtocol)
    )
  ])
  t.ok(protocols.includes('h2'), protocols.join(' '))
  // The page itself is so short that it may go as it is.
  const page = await guest.page.context().newPage()
  const [script] = await Promise.all([page.waitForResponse(response => response.url().endsWith('.js')), page.goto(url)])
  t.equal((await script.allHeaders())['content-encoding'], 'gzip')
})

t.test('who comes while the node is away gets a page that becomes the right one by itself', async t => {
  const page = await guest.page.context().newPage()
  await server.stop('SIGKILL')
  await page.goto(`${url}/`)
  await page.getByRole('heading', { name: 'Back in a moment' }).waitFor()
  // A socket has its line in the log when it ends.
  t.match((await front.logged()).access, '"path":"/socket.io/","protocol":"HTTP/1.1","status":101')
  await server.restart()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  t.pass('without a touch')
})
