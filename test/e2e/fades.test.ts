import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { rampGain } from '../../contract/song-fade.ts'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { closeHostTools, joinShow, openHostTools, signInVisitor } from './show-steps.ts'
import { framesSince, median, recordSound, waitForFrames, type Frame } from './sound-recorder.ts'
import { apiClientOf, prepareSongs, toneSong } from './test-songs.ts'

const [firstHz, secondHz] = [440, 1000]

const server = await startServer({ MEDIA_WORKERS: '1' })
const host = await signInVisitor(server.url, 'Host', { viewport: desktop })
const listener = await signInVisitor(server.url, 'Listener', { bypassCSP: true })
const latecomer = await signInVisitor(server.url, 'Latecomer', { bypassCSP: true })
t.teardown(async () => {
  await Promise.all([host.close(), listener.close(), latecomer.close()])
  await server.close()
})
const creator = await apiClientOf(server.url, host)
const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', {
  title: 'A show with fades',
  settings: { atEnd: 'repeat' }
})
const address = `${server.url}/shows/${showId}`
const { page } = host
let full = 0

const button = (name: string) => page.getByRole('button', { name, exact: true })
const isTone = (hz: number) => (frame: Frame) => frame.level > 0.0005 && Math.abs(frame.hz - hz) < 15
const isFull = ({ level }: Frame) => level > full * 0.9
const isSilent = ({ level }: Frame) => level < full * 0.01

/** Returns when the level is below this share of the full one for the first time, and stays there for 200 ms. */
function fallsBelow(frames: readonly Frame[], share: number): number {
  const below = (n: number) => frames.slice(n, n + 10).every(({ level }) => level < full * share)
  return frames.find((_, n) => below(n))!.at
}

/** Returns what a page played since a time, until it was silent for a second. */
async function heardUntilSilence(sinceMs: number): Promise<Frame[]> {
  await waitForFrames(listener.page, sinceMs, isSilent, 50)
  return await framesSince(listener.page, sinceMs)
}

async function chooseFade(duration: string): Promise<void> {
  await openHostTools(host, 'Rules')
  const isSaved = page.waitForResponse(response => response.request().method() === 'PATCH')
  await page.getByLabel('Songs fade out before they end, pause or change').selectOption(duration)
  await isSaved
  await closeHostTools(host)
}

t.test('the creator lets the song fade out, and it comes back in full', async t => {
  await prepareSongs(server.url, creator, showId, [toneSong(firstHz, 60), toneSong(secondHz, 60)])
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  await page.goto(address)
  await recordSound(listener)
  await joinShow(listener, address)
  await button('Play').click()
  await waitForFrames(listener.page, 0, isTone(firstHz), 50)
  full = median((await waitForFrames(listener.page, Date.now() - 1000, isTone(firstHz), 25)).map(({ level }) => level))

  const sinceMs = Date.now()
  await button('Fade out').click()
  await button('Keep playing').waitFor()
  await page.getByText('Fading out, then it pauses.').waitFor()
  const frames = await heardUntilSilence(sinceMs)
  await button('Play').waitFor()
  const passed = fallsBelow(frames, 0.0625) - fallsBelow(frames, 0.5625)
  t.comment(`from a quarter to three quarters of the fade: ${passed} ms`)
  t.ok(Math.abs(passed - 2500) < 700, 'the level falls over the five seconds')
  await waitForFrames(listener.page, Date.now(), isSilent, 50)
  await button('Play').click()
  await waitForFrames(listener.page, Date.now(), isFull, 25)
})

t.test('on a phone, the creator lets a song play on that was fading out', async t => {
  await page.setViewportSize(phone)
  await button('Fade out').press('Enter')
  await waitForFrames(listener.page, Date.now(), ({ level }) => level < full * 0.7)
  await button('Keep playing').press('Enter')
  await waitForFrames(listener.page, Date.now(), isFull, 50)
  await button('Fade out').waitFor()
  t.ok(await button('Pause').isVisible(), 'it plays')
})

t.test('with the setting of the show, the next song begins when the one before is silent', async t => {
  await page.setViewportSize(desktop)
  await chooseFade('3 seconds')
  const sinceMs = Date.now()
  await button('Next').click()
  await page.getByText('Fading out, then the next one plays.').waitFor()
  await checkScreen(t, page, 'a song that fades out', [phone, desktop])
  await waitForFrames(listener.page, sinceMs, frame => isFull(frame) && isTone(secondHz)(frame), 25)
  const frames = await framesSince(listener.page, sinceMs)
  const silentAt = fallsBelow(frames, 0.02)
  const again = frames.filter(frame => frame.at > silentAt && isTone(firstHz)(frame) && frame.level > full * 0.05)
  t.same(again, [], 'the end of the first song is not heard with the volume of the second one')
})

t.test('who comes during a fade hears the song as quiet as everybody', async t => {
  await chooseFade('10 seconds')
  await recordSound(latecomer)
  const sinceMs = Date.now()
  await button('Fade out').click()
  await button('Keep playing').waitFor()
  await joinShow(latecomer, address)
  await button('Play').waitFor()
  const fade = { at: sinceMs, durationMs: 10_000, from: 1, to: 0 }
  const heard = (await framesSince(latecomer.page, sinceMs)).filter(({ level }) => level > 0.0005)
  const louder = heard.filter(({ at, level }) => level > full * rampGain(fade, at - 1000) * 1.1)
  t.comment(`${heard.length} frames`)
  t.same(louder, [])
})
