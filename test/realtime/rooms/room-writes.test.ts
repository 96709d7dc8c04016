import t from 'tap'
import { LogConflict } from '../../../plugins/app/shows/event-log.ts'
import { createRoomWrites } from '../../../realtime/rooms/room-writes.ts'

function recordingParts() {
  const logged: string[] = []
  const lost: unknown[] = []
  const log = (_facts: object, message: string) => {
    logged.push(message)
  }
  return {
    logged,
    lost,
    parts: {
      logger: { warn: log, error: log } as never,
      onLost: (error: unknown) => {
        lost.push(error)
      }
    }
  }
}

t.test('writes run one after the other and are retried in order until they succeed', async t => {
  const { parts, logged, lost } = recordingParts()
  const writes = createRoomWrites(parts)
  const stored: string[] = []
  let failures = 2
  writes.add('first', async () => {
    if (failures-- > 0) throw new Error('away')
    stored.push('first')
  })
  writes.add('second', async () => stored.push('second'))
  t.equal(writes.pending, 2)
  await writes.stored()
  t.same(stored, ['first', 'second'])
  t.same(logged, ['write failed', 'write failed'])
  t.same([writes.pending, lost], [0, []])
})

t.test('`stored` waits for the writes queued before it and for no later one', async t => {
  const { parts } = recordingParts()
  const writes = createRoomWrites(parts)
  const later = Promise.withResolvers<void>()
  writes.add('first', async () => {})
  const stored = writes.stored()
  writes.add('later', async () => await later.promise)
  await stored
  t.equal(writes.pending, 1)
  later.resolve()
  await writes.close()
})

t.test('a write that still fails when the room closes is lost, and no later one is carried out', async t => {
  const { parts, logged, lost } = recordingParts()
  const writes = createRoomWrites(parts)
  let hasWrittenLater = false
  writes.add('first', async () => {
    throw new Error('away')
  })
  writes.add('second', async () => {
    hasWrittenLater = true
  })
  const answered = writes.stored()
  answered.catch(() => {})
  await writes.close()
  await t.rejects(answered, { code: 'UNAVAILABLE' })
  t.equal(writes.pending, 0)
  t.equal(logged.at(-1), 'write lost')
  t.match(lost, [{ message: 'away' }])
  t.equal(hasWrittenLater, false)
  writes.add('third', async () => {
    hasWrittenLater = true
  })
  await t.rejects(writes.stored(), { code: 'UNAVAILABLE' })
  t.equal(hasWrittenLater, false)
})

t.test('no further command is accepted while 500 writes wait, or after a lost write', async t => {
  const { parts } = recordingParts()
  const writes = createRoomWrites(parts)
  const away = Promise.withResolvers<void>()
  for (let n = 0; n < 500; n++) {
    writes.assertAccepting()
    writes.add('event', async () => await away.promise)
  }
  writes.assertAccepting()
  writes.add('event', async () => await away.promise)
  t.throws(() => writes.assertAccepting(), { code: 'UNAVAILABLE', retryAfterMs: 5000 })
  away.resolve()
  await writes.stored()
  writes.assertAccepting()
  writes.add('conflict', async () => {
    throw new LogConflict('show', 7)
  })
  await t.rejects(writes.stored())
  t.throws(() => writes.assertAccepting(), { code: 'UNAVAILABLE' })
})

t.test('a log conflict is not retried, is reported once and ends all writing', async t => {
  const { parts, logged, lost } = recordingParts()
  const writes = createRoomWrites(parts)
  let attempts = 0
  let hasWrittenLater = false
  writes.add('events', async () => {
    attempts++
    throw new LogConflict('show', 7)
  })
  writes.add('status', async () => {
    hasWrittenLater = true
  })
  await t.rejects(writes.stored(), { code: 'UNAVAILABLE' })
  t.same([attempts, hasWrittenLater], [1, false])
  t.match(lost, [{ name: 'LogConflict', showId: 'show', seq: 7 }])
  t.ok(logged.includes('log conflict'))
  await writes.close()
  t.equal(lost.length, 1)
})
