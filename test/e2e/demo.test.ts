import t from 'tap'
import type { Page as PageOf } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import type { Song } from '../../contract/songs.ts'
import { startWithFlags } from '../scripts/start/start-process.ts'
import { until } from '../until.ts'
import { call, signIn } from '../users.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { waitUntilHears, waitUntilHearsMore } from './listening.ts'
import { goLive, joinShow } from './show-steps.ts'

const [first, second] = await Promise.all([openVisitor(), openVisitor({ frequencyHz: 880 })])
const server = await startWithFlags(['--demo'], { LIMIT_REST_PER_MINUTE: '100000' })
t.teardown(async () => {
  await Promise.all([first.close(), second.close()])
  await server.close()
})

async function signInAs({ page }: Visitor, name: string): Promise<void> {
  page.setDefaultTimeout(20_000)
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
}

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
  await signInAs(first, 'Newcomer 1')
  await joinShow(first, addressOf(await findShow('Demo talk')))
  await waitUntilHears(first, ({ streams }) => streams === 2)
  await waitUntilHearsMore(first)
  await first.page.getByText('I hear both of you.', { exact: true }).waitFor()
  t.pass('and listeners comment')
})

t.test('songs play in the other show', async t => {
  await signInAs(second, 'Newcomer 2')
  await joinShow(second, addressOf(await findShow('Demo music')))
  await second.page.getByText('Morning lights').first().waitFor({ timeout: 60_000 })
  await waitUntilHearsMore(second)
  t.pass('and are heard')
})

t.test('a newcomer has songs of their own, and somebody asks to speak in their show', async t => {
  const { rest } = await signIn(server.url, 'Newcomer 3')
  let songs: Song[] = []
  await until(async () => {
    songs = (await rest<PageOf<Song>>('GET', '/v1/songs')).items
    return songs.length === 3 && songs.every(({ status }) => status === 'ready')
  }, 60_000)
  t.same(songs.map(({ title }) => title).toSorted(), ['Morning lights', 'Night train', 'Slow rain'])
  t.ok(songs.every(({ artist }) => artist === 'Demo music'))

  await second.page.goto(server.url)
  await goLive(second, 'My first show')
  await second.page.getByText('Hello! I just found your show.', { exact: true }).waitFor()
  await second.page.getByRole('button', { name: 'Accept Demo listener 1' }).click()
  await waitUntilHearsMore(second)
  t.pass('the listener speaks when they are accepted')
})
