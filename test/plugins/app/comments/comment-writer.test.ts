import assert from 'node:assert/strict'
import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import { runsOf } from '../../../depth.ts'
import type { CommentDocument, CommentKey } from '../../../../plugins/app/comments/document.ts'
import type { CommentTable } from '../../../../plugins/app/comments/comment-records.ts'
import { createCommentWriter, type CommentWriterParts } from '../../../../plugins/app/comments/comment-writer.ts'

const logger = pino({ level: 'silent' })
const nameOf = ({ showId, authorId, clientId }: CommentKey) => `${showId} ${authorId} ${clientId}`

/** Behaviour of the store with a group: stores it, or stores its first comments and then fails. */
type Behavior = { succeeds: true } | { succeeds: false; storedCount: number }

/** Creates a table in memory that records the sizes of its groups. */
function createTable(
  behaviors: Behavior[],
  initial: CommentDocument[] = []
): CommentTable & { stored: CommentDocument[]; groupSizes: number[] } {
  const stored = [...initial]
  const groupSizes: number[] = []
  return {
    stored,
    groupSizes,
    async insert(documents) {
      const behavior = behaviors.shift() ?? { succeeds: true }
      await new Promise(resolve => setImmediate(resolve))
      groupSizes.push(documents.length)
      const earlier = new Map<string, CommentDocument>()
      for (const document of behavior.succeeds ? documents : documents.slice(0, behavior.storedCount)) {
        const existing = stored.find(other => nameOf(other) === nameOf(document))
        if (!existing) stored.push(document)
        else if (existing._id !== document._id) earlier.set(document._id, existing)
      }
      if (!behavior.succeeds) throw new Error('connection lost')
      return earlier
    },
    newestMs: async showId =>
      Math.max(0, ...stored.filter(comment => comment.showId === showId).map(({ createdAt }) => createdAt.getTime()))
  }
}

/** Creates a writer and records its callbacks. */
function createWriter(table: CommentTable, parts: Partial<CommentWriterParts> = {}) {
  const writer = createCommentWriter({ table, logger, nowMs: () => 1000, firstRetryMs: 0, ...parts })
  const delivered: CommentDocument[] = []
  const callbacks: string[] = []
  return {
    writer,
    delivered,
    callbacks,
    async write(showId: string, authorId: string, clientId: string) {
      const name = nameOf({ showId, authorId, clientId })
      return await writer.write({
        showId,
        authorId,
        clientId,
        text: name,
        onStored(comment) {
          delivered.push(comment)
          callbacks.push(`stored ${name}`)
        },
        onDropped: () => callbacks.push(`dropped ${name}`)
      })
    }
  }
}

const arbitraryComment = fc.record({
  showId: fc.constantFrom('s1', 's2'),
  authorId: fc.constantFrom('a1', 'a2'),
  clientId: fc.constantFrom('c1', 'c2', 'c3', 'c4'),
  waits: fc.boolean()
})
const arbitraryBehavior = fc.oneof(
  fc.constant<Behavior>({ succeeds: true }),
  fc.nat(3).map((storedCount): Behavior => ({ succeeds: false, storedCount }))
)

t.test('whatever the store does, no comment is lost, stored twice, delivered twice or out of order', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryComment, { maxLength: 30 }),
      fc.array(arbitraryBehavior, { maxLength: 10 }),
      async (comments, behaviors) => {
        const table = createTable(behaviors)
        const { write, delivered, callbacks } = createWriter(table)
        const pending: Promise<CommentDocument>[] = []
        for (const { showId, authorId, clientId, waits } of comments) {
          pending.push(write(showId, authorId, clientId))
          if (waits) await new Promise(resolve => setImmediate(resolve))
        }
        const results = await Promise.all(pending)
        assert.deepEqual(results.map(nameOf), comments.map(nameOf))
        for (const comment of results) assert.ok(table.stored.some(({ _id }) => _id === comment._id))
        assert.deepEqual(new Set(table.stored.map(nameOf)).size, table.stored.length)
        assert.equal(callbacks.length, comments.length)
        for (const showId of ['s1', 's2']) {
          const stored = table.stored.filter(comment => comment.showId === showId)
          assert.deepEqual(
            delivered.filter(comment => comment.showId === showId),
            stored
          )
          const times = stored.map(({ createdAt }) => createdAt.getTime())
          assert.deepEqual(
            times,
            [...new Set(times)].sort((a, b) => a - b),
            'strictly increasing'
          )
        }
      }
    ),
    { numRuns: runsOf(300, 2000) }
  )
  t.pass()
})

t.test('comments that arrive while a group is being stored form the next group', async t => {
  const table = createTable([])
  const { write } = createWriter(table)
  await Promise.all(Array.from({ length: 100 }, async (_, n) => await write('s', 'a', `c${n}`)))
  t.same(table.groupSizes, [100], 'all of them waited for the time of the newest comment')
  await Promise.all(Array.from({ length: 1200 }, async (_, n) => await write('s', 'a', `d${n}`)))
  t.same(table.groupSizes, [100, 1, 500, 500, 199])
})

t.test('times in a show increase, also when the clock went back', async t => {
  const newest: CommentDocument = {
    _id: 'x',
    showId: 's',
    authorId: 'a',
    clientId: 'c',
    text: '',
    createdAt: new Date(5000),
    deletedAt: null
  }
  const { write } = createWriter(createTable([], [newest]))
  t.equal((await write('s', 'a', 'd')).createdAt.getTime(), 5001)
})

t.test(
  'while the store is down, writes time out; comments that were not sent are dropped, others are stored later',
  async t => {
    const table = createTable([])
    let isDown = true
    const { write, delivered, callbacks, writer } = createWriter(
      {
        newestMs: table.newestMs,
        async insert(documents) {
          // Retries without a delay would otherwise never let the event loop run.
          await new Promise(resolve => setImmediate(resolve))
          if (isDown) throw new Error('down')
          return await table.insert(documents)
        }
      },
      { storeTimeoutMs: 50 }
    )
    const sent = await Promise.allSettled([write('s', 'a', 'sent')])
    t.match(sent, [{ status: 'rejected', reason: { code: 'UNAVAILABLE' } }])
    const waiting = await Promise.allSettled([
      write('s', 'a', 'waiting'),
      write('s', 'b', 'waiting'),
      write('s', 'a', 'sent')
    ])
    t.match(
      waiting,
      waiting.map(() => ({ status: 'rejected', reason: { code: 'UNAVAILABLE' } }))
    )
    t.same([...callbacks].sort(), ['dropped s a sent', 'dropped s a waiting', 'dropped s b waiting'])
    isDown = false
    const key = { showId: 's', authorId: 'a', clientId: 'sent' }
    const comment = await (writer.findPending(key) ?? write('s', 'a', 'sent'))
    t.equal(comment.clientId, 'sent')
    t.same(
      delivered.map(({ clientId }) => clientId),
      ['sent']
    )
    t.same(
      table.stored.map(({ clientId }) => clientId),
      ['sent']
    )
  }
)

t.test('closing tries once more and drops what can not be stored', async t => {
  const { write, callbacks, writer } = createWriter(
    {
      newestMs: async () => 0,
      async insert() {
        throw new Error('down')
      }
    },
    { firstRetryMs: 60_000 }
  )
  const results = Promise.allSettled([write('s', 'a', 'one'), write('s', 'a', 'two')])
  await new Promise(resolve => setImmediate(resolve))
  await writer.close()
  t.match(await results, [{ reason: { code: 'UNAVAILABLE' } }, { reason: { code: 'UNAVAILABLE' } }])
  t.same(callbacks, ['dropped s a one', 'dropped s a two'])
})

t.test('closing stores the current group when the store works again', async t => {
  const table = createTable([{ succeeds: false, storedCount: 1 }])
  const { write, callbacks, writer } = createWriter(table, { firstRetryMs: 60_000 })
  const results = Promise.all([write('s', 'a', 'one'), write('s', 'a', 'two')])
  while (table.groupSizes.length === 0) await new Promise(resolve => setImmediate(resolve))
  await writer.close()
  t.equal((await results).length, 2)
  t.same(callbacks, ['stored s a one', 'stored s a two'])
})
