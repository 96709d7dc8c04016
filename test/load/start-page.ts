/*
 * npm run check:start-page
 *
 * Measures the start page on a slow phone with Lighthouse, without live shows and with some that have pictures. Fails
 * when the median performance is below 95, the median largest contentful paint above 2.5 s, or another score below 95
 * in any run.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, run } from '../../scripts/command.ts'
import { portrait } from '../e2e/sample-images.ts'
import { startServer } from '../server-process.ts'
import { goLive } from '../users.ts'

const runs = 5
const timeoutMs = 120_000
const shows = 8
const minScore = 95
const maxPaintMs = 2500
const scores = ['performance', 'accessibility', 'best-practices', 'seo'] as const
type Score = (typeof scores)[number]
const chromium = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium'

/** The part of Lighthouse's report that we read. Scores are 0 to 1. */
interface Report {
  categories: Record<Score, { score: number }>
  audits: Record<
    'largest-contentful-paint' | 'total-blocking-time' | 'cumulative-layout-shift',
    { numericValue: number }
  >
}

interface Measurement {
  scores: Record<Score, number>
  /** Time until the largest element is shown. */
  paintMs: number
}

/** Runs Lighthouse once, with its default settings: a slow phone on a slow network. */
async function measure(lighthouse: string, url: string, folder: string): Promise<Measurement> {
  const file = join(folder, 'report.json')
  const args = [url, '--quiet', '--output=json', `--output-path=${file}`, '--chrome-flags=--headless=new --no-sandbox']
  const options = { timeoutMs, cwd: folder, env: { ...process.env, CHROME_PATH: chromium } }
  const { code, lines } = await attempt(lighthouse, args, options)
  if (code !== 0) {
    // Lighthouse sometimes misses the start of the page load, and asks for another run.
    if (!lines.some(line => line.includes('NO_NAVSTART'))) throw new Error(lines.join('\n'))
    await run(lighthouse, args, options)
  }
  const { categories, audits }: Report = JSON.parse(await readFile(file, 'utf8'))
  const percent = (score: Score) => Math.round(categories[score].score * 100)
  const measured: Measurement = {
    scores: {
      performance: percent('performance'),
      accessibility: percent('accessibility'),
      'best-practices': percent('best-practices'),
      seo: percent('seo')
    },
    paintMs: audits['largest-contentful-paint'].numericValue
  }
  const layoutShift = audits['cumulative-layout-shift'].numericValue.toFixed(3)
  console.log(
    `  ${scores.map(score => `${score} ${measured.scores[score]}`).join(', ')};`,
    `largest paint ${Math.round(measured.paintMs)} ms, blocked ${Math.round(audits['total-blocking-time'].numericValue)} ms,`,
    `layout shift ${layoutShift}`
  )
  return measured
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Measures the page several times. Returns what is below its goal. */
async function check(name: string, lighthouse: string, url: string, folder: string): Promise<string[]> {
  console.log(`${name}:`)
  const measured: Measurement[] = []
  while (measured.length < runs) measured.push(await measure(lighthouse, url, folder))
  const performance = median(measured.map(({ scores }) => scores.performance))
  const paintMs = median(measured.map(({ paintMs }) => paintMs))
  console.log(`  median: performance ${performance}, largest paint ${Math.round(paintMs)} ms`)
  const failures: string[] = []
  if (!(performance >= minScore)) failures.push(`${name}: performance ${performance}, must be at least ${minScore}`)
  if (!(paintMs <= maxPaintMs)) failures.push(`${name}: largest paint ${paintMs} ms, must be at most ${maxPaintMs} ms`)
  for (const score of scores.slice(1)) {
    const lowest = Math.min(...measured.map(({ scores }) => scores[score]))
    if (!(lowest >= minScore)) failures.push(`${name}: ${score} ${lowest}, must be at least ${minScore}`)
  }
  return failures
}

async function openShows(url: string): Promise<() => void> {
  const clients: Awaited<ReturnType<typeof goLive>>['client'][] = []
  for (let i = 0; i < shows; i++) {
    const { creator, client } = await goLive(url, `Songs from the kitchen, part ${i + 1}`)
    const picture = new FormData()
    const image = await portrait('#3b2440', '#f0c8a0', '#2b2a4c', '#7fb7a3')
    picture.append('file', new Blob([new Uint8Array(image)], { type: 'image/png' }), 'portrait.png')
    const response = await fetch(`${url}/v1/users/me/avatar`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${creator.token}` },
      body: picture
    })
    if (!response.ok) throw new Error(`The picture was answered with ${response.status}.`)
    clients.push(client)
  }
  return () => clients.forEach(client => client.disconnect())
}

const [lighthouse] = process.argv.slice(2)
if (lighthouse === undefined) throw new Error('Name the program of Lighthouse, as .ci/start-page does.')
const folder = await mkdtemp(join(tmpdir(), 'ambient-start-page-'))
const server = await startServer()
try {
  const failures = await check('no live shows', lighthouse, server.url, folder)
  const close = await openShows(server.url)
  failures.push(...(await check(`${shows} live shows`, lighthouse, server.url, folder)))
  close()
  for (const failure of failures) console.error(`FAILED: ${failure}`)
  process.exitCode = failures.length === 0 ? 0 : 1
} finally {
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
