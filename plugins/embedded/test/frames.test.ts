import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { calculateObjectSize, deserialize, serialize, type Document } from 'bson'
import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import t from 'tap'
import { startScratchStore } from './backends.ts'

const store = await startScratchStore(t)
const socketPath = decodeURIComponent(new URL(store.url).host)
const client = await MongoClient.connect(store.url, { maxPoolSize: 1 })
t.teardown(async () => {
  await client.close()
  await store.close()
})

/** Returns a message with a header and a payload. */
function frame(opcode: number, payload: Uint8Array, length = 16 + payload.byteLength): Buffer {
  const head = Buffer.alloc(16)
  head.writeInt32LE(length, 0)
  head.writeInt32LE(77, 4)
  head.writeInt32LE(opcode, 12)
  return Buffer.concat([head, payload])
}

/** Returns an OP_MSG with one body. */
function message(body: Document, flags = 0): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32LE(flags, 0)
  return frame(2013, Buffer.concat([head, serialize(body)]))
}

async function openSocket(): Promise<Socket> {
  const socket = connect(socketPath)
  await once(socket, 'connect')
  return socket
}

/** Sends bytes and returns everything that the server sends until the connection closes. */
async function responseTo(bytes: Uint8Array): Promise<Buffer> {
  const socket = await openSocket()
  const received: Buffer[] = []
  socket.on('data', chunk => received.push(chunk)).on('error', () => {})
  const closed = once(socket, 'close')
  socket.end(bytes)
  await closed
  return Buffer.concat(received)
}

/** Returns the documents of all replies in the given bytes. */
function replies(bytes: Buffer): Document[] {
  const found: Document[] = []
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    found.push(
      deserialize(bytes.subarray(at + (bytes.readInt32LE(at + 12) === 1 ? 36 : 21), at + bytes.readInt32LE(at)))
    )
  }
  return found
}

const ping = message({ ping: 1, $db: 'x' })

t.test('messages may arrive in pieces or together', async t => {
  const bytes = Buffer.concat([ping, message({ hello: 1, $db: 'admin' }), ping])
  t.equal(replies(await responseTo(bytes)).length, 3)
  const socket = await openSocket()
  const received: Buffer[] = []
  socket.on('data', chunk => received.push(chunk))
  for (const byte of bytes) {
    socket.write(Buffer.of(byte))
    await new Promise(resolve => {
      setImmediate(resolve)
    })
  }
  while (replies(Buffer.concat(received)).length < 3) await once(socket, 'data')
  socket.destroy()
  t.match(replies(Buffer.concat(received)), [{ ok: 1 }, { isWritablePrimary: true, maxWireVersion: 21 }, { ok: 1 }])
})

t.test('a client may send its first message as OP_QUERY', async t => {
  const query = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from('admin.$cmd\0'),
    Buffer.from([0, 0, 0, 0, 1, 0, 0, 0]),
    serialize({ ismaster: 1, helloOk: true })
  ])
  t.match(replies(await responseTo(frame(2004, query))), [{ ismaster: true, ok: 1, helloOk: true }])
})

t.test('a command without a reply is executed', async t => {
  const silent = message({ insert: 'silent', documents: [{ _id: 1 }], $db: 'x' }, 2)
  const found = replies(await responseTo(Buffer.concat([silent, message({ find: 'silent', $db: 'x' })])))
  t.match(found, [{ ok: 1, cursor: { firstBatch: [{ _id: 1 }] } }])
})

t.test('commands of one connection are answered in their order', async t => {
  const bytes = Buffer.concat(
    Array.from({ length: 50 }, (_, n) =>
      n % 2 === 0
        ? message({ insert: 'order', documents: [{ _id: n }], $db: 'x' })
        : message({ distinct: 'order', key: '_id', $db: 'x' })
    )
  )
  t.same(
    replies(await responseTo(bytes)).map(({ n, values }) => n ?? values.length),
    Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? 1 : (n + 1) / 2))
  )
})

/** Messages that violate the protocol. */
const invalid: Array<[string, Buffer]> = [
  ['an impossible length', frame(2013, Buffer.alloc(0), 3)],
  ['a negative length', frame(2013, Buffer.alloc(0), -1)],
  ['a length of more than 48 MB', frame(2013, Buffer.alloc(0), 48_000_001)],
  ['an unknown opcode', frame(2010, Buffer.alloc(10))],
  ['compression that was not negotiated', frame(2012, Buffer.alloc(20))],
  ['an unknown required flag', message({ ping: 1, $db: 'x' }, 4)],
  ['a missing body', frame(2013, Buffer.alloc(4))],
  ['a body longer than the message', frame(2013, Buffer.concat([Buffer.alloc(5), Buffer.from([200, 0, 0, 0, 0])]))],
  [
    'a body that is not BSON',
    frame(2013, Buffer.concat([Buffer.alloc(5), Buffer.from([12, 0, 0, 0, 0x77, 1, 2, 3, 4, 5, 6, 0])]))
  ],
  ['a sequence longer than the message', frame(2013, Buffer.concat([Buffer.alloc(4), Buffer.from([1, 255, 0, 0, 0])]))],
  ['a section of an unknown kind', frame(2013, Buffer.from([0, 0, 0, 0, 9, 5, 0, 0, 0, 0]))]
]
for (const [name, bytes] of invalid) {
  t.test(`${name} closes that connection and no other`, async t => {
    const socket = await openSocket()
    const ended = once(socket, 'close')
    socket.on('error', () => {})
    socket.write(bytes)
    await ended
    t.match(await client.db('x').command({ ping: 1 }), { ok: 1 })
  })
}

t.test('a deeply nested document does not stop the store', async t => {
  let nested: Document = {}
  for (let depth = 0; depth < 3000; depth++) nested = { a: nested }
  t.ok(calculateObjectSize(nested) > 3000)
  await responseTo(message({ insert: 'deep', documents: [nested], $db: 'x' }))
  await responseTo(message({ find: 'deep', filter: nested, $db: 'x' }))
  t.match(await client.db('x').command({ ping: 1 }), { ok: 1 })
})

t.test('random bytes do not affect other connections', async t => {
  const valid = [
    ping,
    message({ find: 'c', filter: { a: { $gt: 1 } }, sort: { a: 1 }, $db: 'x' }),
    message({ insert: 'c', documents: [{ a: 1 }], $db: 'x' }),
    message({ update: 'c', updates: [{ q: { a: 1 }, u: { $inc: { a: 1 } } }], $db: 'x' }),
    message({
      aggregate: 'c',
      pipeline: [{ $match: {} }, { $group: { _id: 1, n: { $sum: 1 } } }],
      cursor: {},
      $db: 'x'
    })
  ]
  const mutated = fc
    .tuple(fc.constantFrom(...valid), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([bytes, changes]) => {
      const copy = Buffer.from(bytes)
      for (const [at, byte] of changes) copy[at % copy.length] = byte
      return copy
    })
  const framed = fc
    .tuple(fc.constantFrom(2013, 2004, 2012, 1), fc.uint8Array({ maxLength: 60 }))
    .map(([opcode, payload]) => frame(opcode, payload))
  const cut = fc.tuple(fc.constantFrom(...valid), fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % bytes.length))
  const garbage = fc.uint8Array({ maxLength: 80 }).map(bytes => Buffer.from(bytes))
  let answered = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(mutated, mutated, framed, cut, garbage), { minLength: 1, maxLength: 3 }),
      async parts => {
        await responseTo(Buffer.concat(parts))
        const { ok } = await client.db('x').command({ ping: 1 })
        answered++
        return ok === 1
      }
    ),
    { numRuns: 800 }
  )
  t.ok(answered >= 800)
})
