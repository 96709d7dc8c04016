import t from 'tap'
import type { Page as PageOf } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import type { Song } from '../../contract/songs.ts'
import { startWithFlags } from '../scripts/start/start-process.ts'
import { until } from '../until.ts'
import { call, signIn } from '../users.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { measureHeard, waitUntilHears, waitUntilHearsMore } from './listening.ts'
import { goLive, joinShow, signInVisitor } from './show-steps.ts'
import { framesSince, recordSound, silenceLevel } from './sound-recorder.ts'

const server = await startWithFlags(['--demo'], { LIMIT_REST_PER_MINUTE: '100000' })
const [first, second] = await Promise.all([
  openVisitor(),
  signInVisitor(server.url, 'Newcomer 2', { frequencyHz: 880, bypassCSP: true })
])
// The songs of newcomers are prepared in the background, behind everything that is live.
const { rest } = await signIn(server.url, 'Newcomer 1')

t.teardown(async () => {
  await Promise.all([first.close(), second.close()])
  await server.close()
})

async function findShow(title: string): Promise<Show> {
  let show: Show | undefined
  await until(async () => {
    const { items } = await call<PageOf<Show>>(server.url, 'GET', '/v1/shows?status=live')
    show = items.find(item => item.title === title)
    return show !== undefined
  }, 20_000)
  return show!
}

const addressOf = ({ id }: Show) => `${server.url}/shows/${id}`

t.test('two people talk in one show', async t => {
  first.page.setDefaultTimeout(20_000)
  await first.page.goto(addressOf(await findShow('Demo talk')))
  await first.page.getByRole('button', { name: 'Listen' }).click()
  await waitUntilHears(first, ({ streams }) => streams === 2)
  await waitUntilHearsMore(first)
  await first.page.getByText('I hear both of you.', { exact: true }).waitFor()
  t.pass('and listeners comment')
})

/** Waits until a visitor hears half a second in which no voice speaks: songs do not arrive over WebRTC. */
async function waitUntilHearsSong(visitor: Visitor): Promise<void> {
  for (;;) {
    const startedAt = Date.now()
    const voices = await measureHeard(visitor, 500)
    const frames = await framesSince(visitor.page, startedAt)
    if (voices.energy < 1e-5 && frames.filter(({ level }) => level > silenceLevel).length > 5) return
  }
}

t.test('songs play in the other show', async t => {
  await recordSound(second)
  await joinShow(second, addressOf(await findShow('Demo music')))
  await second.page.getByText('Morning lights').first().waitFor({ timeout: 60_000 })
  await waitUntilHearsSong(second)
  t.pass('and are heard')
})

t.test('somebody asks to speak in the show of a newcomer', async t => {
  await second.page.goto(server.url)
  await goLive(second, 'My first show')
  await second.page.getByText('Hello! I just found your show.', { exact: true }).waitFor()
  await second.page.getByRole('button', { name: 'Accept Demo listener 1' }).click()
  await waitUntilHearsMore(second)
  t.pass('and speaks when they are accepted')
})

t.test('a newcomer has songs of their own', async t => {
  let songs: Song[] = []
  await until(async () => {
    songs = (await rest<PageOf<Song>>('GET', '/v1/songs')).items
    return songs.length === 3 && songs.every(({ status }) => status === 'ready')
  })
  t.same(songs.map(({ title }) => title).toSorted(), ['Morning lights', 'Night train', 'Slow rain'])
  t.ok(songs.every(({ artist }) => artist === 'Demo music'))
})
