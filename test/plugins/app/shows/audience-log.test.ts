import t from 'tap'
import {
  audienceEventsKind,
  createAudienceLog,
  type AudienceTable
} from '../../../../plugins/app/shows/audience-log.ts'
import { openPseudonyms } from '../../../../plugins/app/privacy/pseudonyms.ts'
import { createMongoRecords } from '../../../../plugins/external/records/mongo-records.ts'
import type { RecordStore } from '../../../../plugins/external/records/record-store.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend } from '../../../store/backends.ts'

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

const counted = (count: number) => ({ type: 'comments:counted', count }) as const

onEachBackend(t, async (t, db) => {
  const pseudonymOf = await openPseudonyms(db)
  const records = createMongoRecords(db, 'test')
  const log = await createAudienceLog(records, pseudonymOf)
  const stored = async (showId: string, afterSeq = 0) => await all(log.read(showId, afterSeq))

  await t.test('a pseudonym stays the same, and the user id does not show', async t => {
    const again = await openPseudonyms(db)
    t.equal(again('ana'), pseudonymOf('ana'))
    t.not(pseudonymOf('ana'), pseudonymOf('ben'))
    t.match(pseudonymOf('ana'), /^[\w-]{22}$/)
  })

  await t.test('two writers of a show take turns: places have no gaps, and each event is stored once', async t => {
    const writers = [log.openWriter('shared'), log.openWriter('shared'), log.openWriter('shared')]
    for (let round = 0; round < 10; round++) {
      for (const [index, writer] of writers.entries()) {
        for (let n = 0; n < 3; n++) writer.add(counted(index * 1000 + round * 3 + n + 1), round)
      }
      await Promise.all(writers.map(async writer => await writer.flush()))
    }
    const records = await stored('shared')
    t.same(
      records.map(({ seq }) => seq),
      Array.from({ length: 90 }, (_, index) => index + 1)
    )
    for (const [index] of writers.entries()) {
      const own = records.flatMap(({ event }) => ('count' in event ? [event.count - index * 1000] : []))
      t.same(
        own.filter(n => n >= 1 && n <= 30),
        Array.from({ length: 30 }, (_, n) => n + 1)
      )
    }
    t.same(
      (await stored('shared', 88)).map(({ seq }) => seq),
      [89, 90]
    )
  })

  await t.test('a write that succeeded without an answer is not repeated', async t => {
    let isSilent = false
    const events: AudienceTable = await records.open(audienceEventsKind)
    async function append(appended: Parameters<AudienceTable['append']>[0]): Promise<void> {
      await events.append(appended)
      if (isSilent) throw new Error('connection lost')
    }
    const doubtful = standIn<RecordStore>({ open: async () => ({ ...events, append }) })
    const writer = (await createAudienceLog(doubtful, pseudonymOf)).openWriter('doubtful')
    const other = log.openWriter('doubtful')
    writer.add(counted(1), 1)
    await writer.flush()
    writer.add(counted(2), 2)
    isSilent = true
    await t.rejects(writer.flush(), { message: 'connection lost' })
    isSilent = false
    other.add(counted(3), 3)
    await other.flush()
    writer.add(counted(4), 4)
    await writer.flush()
    t.same(
      (await stored('doubtful')).map(({ event }) => 'count' in event && event.count),
      [1, 2, 3, 4]
    )
  })

  await t.test('an erased person still counts, and cannot be found', async t => {
    const writer = log.openWriter('erased')
    writer.add({ type: 'listener:joined', person: pseudonymOf('ana'), guest: false, source: 'link' }, 1)
    writer.add({ type: 'listener:left', person: pseudonymOf('ana') }, 2)
    await writer.flush()
    t.match(await all(log.personalData.export('ana')), [{ showId: 'erased', did: 'listener:joined' }, {}])
    await log.personalData.erase('ana')
    t.same(await all(log.personalData.export('ana')), [])
    const people = (await stored('erased')).map(({ event }) => ('person' in event ? event.person : ''))
    t.equal(people.length, 2)
    t.notOk(people.includes(pseudonymOf('ana')))
    t.equal(people[0], people[1], 'both events are still of one person')
    await log.removeOfShow('erased')
    t.same(await stored('erased'), [])
  })
})
