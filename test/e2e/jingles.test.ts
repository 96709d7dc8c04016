import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { joinShow, signInVisitor } from './show-steps.ts'
import { framesSince, median, recordSound, waitForFrames, type Frame } from './sound-recorder.ts'
import { apiClientOf, prepareSongs, toneSong } from './test-songs.ts'

const songHz = 440
const jingleHz = 1500

const server = await startServer({ MEDIA_WORKERS: '1' })
const host = await signInVisitor(server.url, 'Host', { viewport: desktop })
const listener = await signInVisitor(server.url, 'Listener', { bypassCSP: true })
t.teardown(async () => {
  await Promise.all([host.close(), listener.close()])
  await server.close()
})
const creator = await apiClientOf(server.url, host)
const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', {
  title: 'A show with jingles',
  // The song goes on, however slow the machine is.
  settings: { atEnd: 'repeat' }
})
const address = `${server.url}/shows/${showId}`
const { page } = host

/** Runs in the page, before its own code: keeps the elements that play streams. */
function keepElements(): void {
  const kept: { element: HTMLMediaElement; analyser: AnalyserNode }[] = []
  Object.assign(window, { kept })
  const prototype: { play: unknown } = HTMLMediaElement.prototype
  const play = HTMLMediaElement.prototype.play as (this: HTMLMediaElement) => Promise<void>
  prototype.play = async function (this: HTMLMediaElement) {
    if (this.srcObject instanceof MediaStream && !kept.some(({ element }) => element === this)) {
      const context = new AudioContext()
      const analyser = new AnalyserNode(context, { fftSize: 8192 })
      new MediaStreamAudioSourceNode(context, { mediaStream: this.srcObject }).connect(analyser)
      kept.push({ element: this, analyser })
    }
    await play.call(this)
  }
}

/** Returns the loudest frequency of each element that is heard. */
async function heardTones(page: Page): Promise<number[]> {
  return await page.evaluate(() => {
    const { kept } = window as unknown as { kept: { element: HTMLMediaElement; analyser: AnalyserNode }[] }
    const audible = kept.filter(({ element }) => !element.paused && !element.muted && element.volume > 0)
    return audible.map(({ analyser }) => {
      const bins = new Float32Array(analyser.frequencyBinCount)
      analyser.getFloatFrequencyData(bins)
      const loudest = bins.reduce((best, db, n) => (db > (bins[best] ?? -Infinity) ? n : best), 0)
      return (bins[loudest] ?? -Infinity) > -60 ? (loudest * analyser.context.sampleRate) / analyser.fftSize : 0
    })
  })
}

async function waitUntilHeard(page: Page, hz: number, isHeard: boolean): Promise<void> {
  while ((await heardTones(page)).some(tone => Math.abs(tone - hz) < 20) !== isHeard) await sleep(50)
}

const pad = () => page.getByRole('group', { name: 'Jingles' }).getByRole('button', { name: 'Horn' })
const isSong = (frame: Frame) => frame.level > 0.0005 && Math.abs(frame.hz - songHz) < 10

t.test('the creator puts a short sound on a pad, in its details', async t => {
  const [, jingle] = await prepareSongs(server.url, creator, showId, [toneSong(songHz, 120), toneSong(jingleHz, 4)])
  await page.goto(`${server.url}/library`)
  await page.getByRole('button', { name: `More options for ${jingle!.title}` }).click()
  await page.getByRole('menuitem', { name: 'Details' }).click()
  const section = page.getByRole('region', { name: 'Jingle' })
  await section.getByLabel('Name on the pad').fill('Horn')
  await section.getByLabel('Color').selectOption('purple')
  await section.getByRole('button', { name: 'Put on a pad' }).click()
  await section.getByRole('button', { name: 'Take off the pad' }).waitFor()
  await checkScreen(t, page, 'a jingle in the library', [phone, desktop])
  await page.keyboard.press('Escape')
})

t.test('a listener hears the pad that the creator presses, on a desktop and on a phone, over the song', async t => {
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  await page.setViewportSize(desktop)
  await page.goto(address)
  await pad().waitFor()
  await recordSound(listener)
  await listener.context.addInitScript(keepElements)
  await joinShow(listener, address)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await waitForFrames(listener.page, 0, isSong)
  await pad().click()
  await waitUntilHeard(listener.page, jingleHz, true)
  await waitForFrames(listener.page, Date.now(), isSong)
  await waitUntilHeard(listener.page, jingleHz, false)
  await checkScreen(t, page, 'pads during a show', [phone, desktop])

  await page.setViewportSize(phone)
  await pad().click()
  await waitUntilHeard(listener.page, jingleHz, true)
  await waitUntilHeard(listener.page, jingleHz, false)
  t.pass('heard')
})

t.test('the creator makes songs quieter for everybody', async t => {
  await page.setViewportSize(desktop)
  const before = await waitForFrames(listener.page, Date.now() - 1000, isSong)
  const slider = page.getByRole('slider', { name: 'Song level for everyone, dB' })
  await slider.focus()
  for (let db = -1; db >= -12; db--) await page.keyboard.press('ArrowLeft')
  await page.getByText('−12', { exact: true }).waitFor()
  const full = median(before.map(({ level }) => level))
  const isQuieter = ({ level }: Frame) => Math.abs(20 * Math.log10(level / full) + 12) < 1
  const after = await waitForFrames(listener.page, Date.now(), isQuieter)
  t.comment(`${full.toFixed(4)}, then ${median(after.map(({ level }) => level)).toFixed(4)}`)
  const louder = await framesSince(listener.page, Date.now() - 200)
  t.ok(
    louder.every(({ level }) => level < full / 2),
    'and it stays'
  )
})
