import assert from 'node:assert/strict'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import type { CommentDocument } from '../../../../plugins/app/comments/document.ts'
import type { CommentTable } from '../../../../plugins/app/comments/comment-records.ts'
import { createCommentWriter, type CommentWriterParts, type Draft } from '../../../../plugins/app/comments/writer.ts'

const logger = pino({ level: 'silent' })
const nameOf = ({ showId, authorId, clientId }: Pick<Draft, 'showId' | 'authorId' | 'clientId'>) =>
  `${showId} ${authorId} ${clientId}`

/** What the store does with a group: takes it, fails before it took any, or after it took the first `n`, and its answer is lost. */
type Mood = { works: true } | { works: false; taken: number }

/** A collection in memory, and how often it was written to. */
function createTable(
  moods: Mood[],
  given: CommentDocument[] = []
): CommentTable & { stored: CommentDocument[]; groups: number[] } {
  const stored = [...given]
  const groups: number[] = []
  return {
    stored,
    groups,
    async insert(documents) {
      const mood = moods.shift() ?? { works: true }
      await new Promise(resolve => setImmediate(resolve))
      groups.push(documents.length)
      const earlier = new Map<string, CommentDocument>()
      for (const document of mood.works ? documents : documents.slice(0, mood.taken)) {
        const before = stored.find(other => nameOf(other) === nameOf(document))
        if (!before) stored.push(document)
        else if (before._id !== document._id) earlier.set(document._id, before)
      }
      if (!mood.works) throw new Error('connection lost')
      return earlier
    },
    newestMs: async showId =>
      Math.max(0, ...stored.filter(comment => comment.showId === showId).map(({ createdAt }) => createdAt.getTime()))
  }
}

/** A writer, and everything it said. */
function start(table: CommentTable, parts: Partial<CommentWriterParts> = {}) {
  const writer = createCommentWriter({ table, logger, nowMs: () => 1000, firstRetryMs: 0, ...parts })
  const told: CommentDocument[] = []
  const fates: string[] = []
  return {
    writer,
    told,
    fates,
    async say(showId: string, authorId: string, clientId: string) {
      const name = nameOf({ showId, authorId, clientId })
      return await writer.write({
        showId,
        authorId,
        clientId,
        text: name,
        onStored(comment) {
          told.push(comment)
          fates.push(`stored ${name}`)
        },
        onDropped: () => fates.push(`dropped ${name}`)
      })
    }
  }
}

const said = fc.record({
  showId: fc.constantFrom('s1', 's2'),
  authorId: fc.constantFrom('a1', 'a2'),
  clientId: fc.constantFrom('c1', 'c2', 'c3', 'c4'),
  wait: fc.boolean()
})
const mood = fc.oneof(
  fc.constant<Mood>({ works: true }),
  fc.nat(3).map((taken): Mood => ({ works: false, taken }))
)

t.test('however the store fails, no comment is lost, doubled, told twice or told out of order', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(said, { maxLength: 30 }), fc.array(mood, { maxLength: 10 }), async (sayings, moods) => {
      const table = createTable(moods)
      const { say, told, fates } = start(table)
      const answers: Promise<CommentDocument>[] = []
      for (const { showId, authorId, clientId, wait } of sayings) {
        answers.push(say(showId, authorId, clientId))
        if (wait) await new Promise(resolve => setImmediate(resolve))
      }
      const got = await Promise.all(answers)
      assert.deepEqual(got.map(nameOf), sayings.map(nameOf))
      for (const comment of got) assert.ok(table.stored.some(({ _id }) => _id === comment._id))
      assert.deepEqual(new Set(table.stored.map(nameOf)).size, table.stored.length)
      assert.equal(fates.length, sayings.length)
      for (const showId of ['s1', 's2']) {
        const inOrder = table.stored.filter(comment => comment.showId === showId)
        assert.deepEqual(
          told.filter(comment => comment.showId === showId),
          inOrder
        )
        const times = inOrder.map(({ createdAt }) => createdAt.getTime())
        assert.deepEqual(
          times,
          [...new Set(times)].sort((a, b) => a - b),
          'strictly increasing'
        )
      }
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) }
  )
  t.pass()
})

t.test('what arrives while a group is being written goes together', async t => {
  const table = createTable([])
  const { say } = start(table)
  await Promise.all(Array.from({ length: 100 }, async (_, n) => await say('s', 'a', `c${n}`)))
  t.same(table.groups, [100], 'all of them waited for the first look at the store')
  await Promise.all(Array.from({ length: 1200 }, async (_, n) => await say('s', 'a', `d${n}`)))
  t.same(table.groups, [100, 1, 500, 500, 199])
})

t.test('time in a show goes on from its newest comment, also when the clock went back', async t => {
  const before: CommentDocument = {
    _id: 'x',
    showId: 's',
    authorId: 'a',
    clientId: 'c',
    text: '',
    createdAt: new Date(5000),
    deletedAt: null
  }
  const { say } = start(createTable([], [before]))
  t.equal((await say('s', 'a', 'd')).createdAt.getTime(), 5001)
})

t.test(
  'with the store away people are told in time; what it was never asked to take is dropped, the rest is stored once it is back',
  async t => {
    const table = createTable([])
    let isAway = true
    const { say, told, fates, writer } = start(
      {
        newestMs: table.newestMs,
        async insert(documents) {
          if (isAway) throw new Error('away')
          return await table.insert(documents)
        }
      },
      { patienceMs: 50 }
    )
    const asked = await Promise.allSettled([say('s', 'a', 'asked')])
    t.match(asked, [{ status: 'rejected', reason: { code: 'UNAVAILABLE' } }])
    const waiting = await Promise.allSettled([
      say('s', 'a', 'waiting'),
      say('s', 'b', 'waiting'),
      say('s', 'a', 'asked')
    ])
    t.match(
      waiting,
      waiting.map(() => ({ status: 'rejected', reason: { code: 'UNAVAILABLE' } }))
    )
    t.same([...fates].sort(), ['dropped s a asked', 'dropped s a waiting', 'dropped s b waiting'])
    isAway = false
    const answer = await (writer.underWay({ showId: 's', authorId: 'a', clientId: 'asked' }) ?? say('s', 'a', 'asked'))
    t.equal(answer.clientId, 'asked')
    t.same(
      told.map(({ clientId }) => clientId),
      ['asked']
    )
    t.same(
      table.stored.map(({ clientId }) => clientId),
      ['asked']
    )
  }
)

t.test('closing tries once more and gives up what can not be written', async t => {
  const { say, fates, writer } = start(
    {
      newestMs: async () => 0,
      async insert() {
        throw new Error('away')
      }
    },
    { firstRetryMs: 60_000 }
  )
  const answers = Promise.allSettled([say('s', 'a', 'one'), say('s', 'a', 'two')])
  await new Promise(resolve => setImmediate(resolve))
  await writer.close()
  t.match(await answers, [{ reason: { code: 'UNAVAILABLE' } }, { reason: { code: 'UNAVAILABLE' } }])
  t.same(fates, ['dropped s a one', 'dropped s a two'])
})
