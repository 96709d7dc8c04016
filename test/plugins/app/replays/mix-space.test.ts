import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { defaultSettings } from '../../../../contract/settings.ts'
import type { StoredRecord } from '../../../../plugins/app/shows/log-records.ts'
import { openWorkFolders } from '../../../../plugins/app/songs/work-folders.ts'
import { createMixJob } from '../../../../plugins/app/replays/mix-job.ts'
import { createSpaceCheck } from '../../../../plugins/external/storage/free-space.ts'

const hourMs = 3_600_000

async function* log(): AsyncGenerator<StoredRecord> {
  yield { seq: 1, at: 0, event: { type: 'recording:started', by: null } }
  yield { seq: 2, at: hourMs, event: { type: 'show:ended', reason: 'ended' } }
}

t.test('nothing is fetched unless the stints and the replay fit on the disk', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-space-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const unused = async () => await Promise.reject(new Error('not to be called'))
  const [minFreeBytes, stintBytes, replayBytes] = [1_000_000, 14_000_000, 3600 * 32_000]
  const mixWith = async (freeBytes: number) =>
    await createMixJob({
      storage: { put: unused },
      recordings: { read: unused },
      eventLog: { read: log },
      songs: { rightsOf: unused, getAudioBytes: unused },
      users: { people: unused },
      folders: await openWorkFolders(folder),
      networkIsolation: null,
      assertSpace: createSpaceCheck({ folder, minFreeBytes, readFreeBytes: async () => freeBytes }),
      countReactions: unused,
      parseMessage: () => ({ progress: 0 })
    })(
      {
        replay: { _id: 'show', creatorId: 'creator', cut: { from: null, to: null } },
        show: {
          title: 'A show',
          settings: defaultSettings,
          startedAt: new Date(0),
          endedAt: new Date(hourMs)
        },
        stints: [
          {
            ...{ id: 'stint', showId: 'show', userId: 'creator', startedAtMs: 0, durationMs: hourMs },
            ...{ sizeBytes: stintBytes, marks: [{ samples: 0, atMs: 0 }] }
          }
        ],
        signal: new AbortController().signal,
        onProgress() {}
      },
      'version'
    )
  const needed = minFreeBytes + stintBytes + replayBytes
  await t.rejects(mixWith(needed - 1), { code: 'ENOSPC' })
  await t.rejects(mixWith(needed), { message: 'not to be called' }, 'one byte more is enough')
  t.same(await readdir(folder), [])
})
