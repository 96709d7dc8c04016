import { join } from 'node:path'
import type { Collection, Db, OptionalUnlessRequiredId } from 'mongodb'
import t from 'tap'
import type { StintDocument } from '../../../../plugins/app/recordings/document.ts'
import type { ObjectStorage } from '../../../../plugins/external/storage/object-storage.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { signIn } from '../../../users.ts'
import { recordShow } from '../../../recorded-show.ts'
import { createShow, markShow, openRecordings, openStint, writeStint } from './stints.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')
const speaker = await signIn(url, 'Speaker')

const liveShow = async () => await createShow(app, creator.id)

/** Returns the database with other methods of the collection of stints. */
function withStints(db: Db, change: (stints: Collection<StintDocument>) => object): Db {
  return proxyOf(db, {
    collection(name: string) {
      const collection = db.collection<StintDocument>(name)
      return name === 'recordings' ? proxyOf(collection, change(collection)) : collection
    }
  })
}

function proxyOf<T extends object>(target: T, changed: object): T {
  return new Proxy(target, {
    get(_, key): unknown {
      const value: unknown = Reflect.get(key in changed ? changed : target, key)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

t.test('a stint that cannot begin because the store goes away does not hold its show back', async t => {
  const showId = await liveShow()
  let isAway = false
  const db = withStints(app.db, stints => ({
    async insertOne(document: OptionalUnlessRequiredId<StintDocument>) {
      isAway = true
      return await stints.insertOne(document)
    },
    async findOne(...args: Parameters<typeof stints.findOne>) {
      if (isAway) throw new Error('the store is away')
      return await stints.findOne(...args)
    },
    async deleteOne(...args: Parameters<typeof stints.deleteOne>) {
      if (isAway) throw new Error('the store is away')
      return await stints.deleteOne(...args)
    }
  }))
  const recordings = await openRecordings(t, app, {
    db,
    settings: { spoolFolder: join(app.config.DATA_DIR, 'store-away') }
  })
  await t.rejects(openStint(recordings, showId, speaker.id), /the store is away/)
  await markShow(app, showId, 'ended')
  t.equal(await app.recordings.isComplete(showId), false)
  isAway = false
  await until(async () => await app.recordings.isComplete(showId))
  t.equal(await app.db.collection('recordings').countDocuments({ showId }), 0)
})

t.test('stints that cannot be stored do not hold up others', async t => {
  const [refused, showId] = [await liveShow(), await liveShow()]
  const storage: ObjectStorage = {
    ...app.storage,
    async put(key, source) {
      if (key.includes(refused)) throw new Error('refused on purpose')
      return await app.storage.put(key, source)
    }
  }
  const settings = { spoolFolder: join(app.config.DATA_DIR, 'refused') }
  const recordings = await openRecordings(t, app, { storage, settings })
  for (let n = 0; n < 3; n++) await writeStint(recordings, refused, speaker.id, 1)
  await writeStint(recordings, showId, speaker.id, 1)
  await until(async () => (await recordings.stintsOf(showId)).length === 1)
  await until(() => recordings.countPending() === 3)
  t.same(await recordings.stintsOf(refused), [])
})

t.test('an old recording is deleted although a listener always fails', async t => {
  const nowMs = Date.now() + 31 * 24 * 3_600_000
  const recordings = await openRecordings(t, app, { nowMs: () => nowMs, settings: { retentionDays: 30 } })
  app.recordings.onChanged(async () => {
    throw new Error('refused on purpose')
  })
  const { showId } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 5_000,
    stints: [{ userId: speaker.id, atMs: 0, durationMs: 200 }]
  })
  await recordings.removeLeftovers()
  t.same(await recordings.stintsOf(showId), [])
  t.equal(await app.db.collection('recordings').countDocuments({ showId }), 0)
})
