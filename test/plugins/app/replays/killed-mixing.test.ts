import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { recordShow } from '../../../recorded-show.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { signIn } from '../../../users.ts'
import { mixedReplay } from './recorded.ts'

const { app, url } = await startApp(t, { SONG_LEASE_MS: '2000' })
const creator = await signIn(url, 'Creator')

/** Returns the id of the process that mixes for this one. */
async function findMixingPid(): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = await readFile(`/proc/${name}/status`, 'latin1').catch(() => '')
    if (Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]) !== process.pid) continue
    const command = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '')
    // Its command line is that of a shell until its limits are set.
    if (command.includes('mixing/mix.ts') && !command.includes('ulimit')) return Number(name)
  }
  return undefined
}

t.test('a mixing process that was killed is repeated, and leaves nothing behind', async t => {
  const stints = [{ userId: creator.id, atMs: 0, durationMs: 300_000, frequency: 440 }]
  const { showId } = await recordShow(app, { creatorId: creator.id, durationMs: 300_000, stints })
  let pid = await findMixingPid()
  for (; pid === undefined; pid = await findMixingPid()) await delay(5)
  process.kill(pid, 'SIGKILL')
  const { status, durationMs } = await mixedReplay(app, creator, showId)
  t.equal(status, 'ready')
  t.equal(durationMs, 300_000)
  const replay = await app.db
    .collection<{ _id: string; mixed: { version: string } }>('replays')
    .findOne({ _id: showId })
  const keys: string[] = []
  for await (const { key } of app.storage.list(`replays/${showId}/`)) keys.push(key)
  t.same(
    keys.toSorted(),
    ['mp3', 'opus'].map(format => `replays/${showId}/${replay?.mixed.version}/replay.${format}`)
  )
})
