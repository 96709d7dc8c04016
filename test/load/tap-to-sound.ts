/*
 * npm run bench:tap-to-sound [-- RUNS] [--json]
 *
 * A listener in Chromium taps on a show of the start page, and hears the host, whose microphone is another Chromium's
 * tone. Measures the time from the tap to the first audible sample, in turns with the same show joined by the SDK
 * alone, on an empty page and without a tap: what the page adds is the ratio. The start page has been open for a
 * second, and the browser has cached its files, as for somebody who comes back.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Visitor } from '../e2e/browser.ts'
import { goLive, showIdOf, signInVisitor } from '../e2e/show-steps.ts'
import { startServer } from '../server-process.ts'
import { printRows } from './bench-rows.ts'
import { median } from './median.ts'
import { openSdkPage, routeSdk } from './tap-to-sound/sdk-page.ts'
import { watchSound, waitForFirstSound } from './tap-to-sound/sound-watch.ts'

const runs = Number(process.argv.slice(2).find(argument => /^\d+$/.test(argument)) ?? 25)
const readingMs = 1000
const title = 'A show to tap on'
const unlimited = '1000000'

const server = await startServer({
  DRAIN_DEADLINE_MS: '1',
  LIMIT_JOINS_PER_MINUTE: unlimited,
  LIMIT_AUTH_PER_MINUTE: unlimited
})
const host = await signInVisitor(server.url, 'Host')
const showId = showIdOf(await goLive(host, title))
const listener = await signInVisitor(server.url, 'Listener')
await watchSound(listener)
await routeSdk(listener, server.url)

/** Taps on the show of the start page. Returns the time until it is heard, ms. */
async function measureTap({ page }: Visitor): Promise<number> {
  await page.goto(server.url)
  const link = page.getByRole('link', { name: title })
  await link.waitFor()
  await sleep(readingMs)
  await link.click()
  return await waitForFirstSound(page)
}

/** Joins the show with the SDK on a page that has nothing else. Returns the time until it is heard, ms. */
async function measureSdk({ page }: Visitor): Promise<number> {
  await openSdkPage(page, server.url)
  await sleep(readingMs)
  await page.evaluate(id => document.dispatchEvent(new CustomEvent('listen', { detail: id })), showId)
  return await waitForFirstSound(page)
}

const taps: number[] = []
const joins: number[] = []
// The first of each fills the caches.
await measureSdk(listener)
await measureTap(listener)
while (taps.length < runs) {
  joins.push(await measureSdk(listener))
  taps.push(await measureTap(listener))
}

const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN
const line = (name: string, values: readonly number[]) =>
  `${name}: p50 ${Math.round(median(values))} ms, p95 ${Math.round(percentile(values, 0.95))} ms`
const ratio = median(taps.map((ms, round) => ms / (joins[round] ?? Number.NaN)))
console.error(`${runs} runs\n${line('tap to sound', taps)}\n${line('SDK alone', joins)}\nratio: ${ratio.toFixed(2)}`)
printRows([
  {
    row: 10,
    name: 'tap to first sound, p95',
    value: percentile(taps, 0.95),
    unit: 'ms',
    target: 1000,
    atMost: true
  },
  { row: 10, name: 'tap to first sound ÷ SDK alone', value: ratio, unit: '', target: 2, atMost: true }
])
await Promise.all([host.close(), listener.close()])
await server.close()
