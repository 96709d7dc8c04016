import t from 'tap'
import { beforeCursor, cursorOf } from '../../../../plugins/app/documents/keyset.ts'
import { encodeValue } from '../../../../plugins/external/records/dynamo-keys.ts'

t.test('a cursor with a time that no record can have is refused', async t => {
  const createdAt = new Date('2027-02-22T10:00:00.000Z')
  t.same(beforeCursor(cursorOf({ _id: 'comment', createdAt })), [createdAt, 'comment'])
  const [latest] = beforeCursor(cursorOf({ _id: 'comment', createdAt: new Date(Date.UTC(9999, 11, 31)) })) ?? []
  t.ok(latest && encodeValue(latest))
  for (const later of [new Date(Date.UTC(10_000, 0, 1)), new Date(999_999_999_999_999)]) {
    t.throws(() => beforeCursor(cursorOf({ _id: 'comment', createdAt: later })), { code: 'VALIDATION' })
  }
})
