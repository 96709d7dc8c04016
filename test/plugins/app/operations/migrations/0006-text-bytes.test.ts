import { MongoClient, type Db, type Document } from 'mongodb'
import t from 'tap'
import { countBytes } from '../../../../../contract/graphemes.ts'
import { up } from '../../../../../plugins/app/operations/migrations/0006-text-bytes.ts'
import { onEachBackend } from '../../../../store/backends.ts'
import { damage, startDamagingStore } from '../../../../store/damaging-store.ts'

interface Stored extends Document {
  _id: string
}

/** One grapheme of 25 bytes. */
const family = '👩‍👩‍👧‍👦'
/** The first letter alone has more bytes than any text may have. */
const heavyLetter = `a${'\u200d'.repeat(3000)}`
/** The number of families in a text that may have so many graphemes: four bytes for each. */
const families = (graphemes: number) => family.repeat(Math.floor((4 * graphemes) / 25))

const longSong = { title: family.repeat(200), artist: `x ${family.repeat(198)}`, album: heavyLetter }
const shortSong = { title: 'A song', artist: null, album: '한'.repeat(200) }

/** Documents before and after the migration, by collection. Those without `after` stay as they are. */
const cases: Record<string, { before: Stored; after?: Document }[]> = {
  songs: [
    {
      before: { _id: 'long', ...longSong, words: ['old'], sizeBytes: 1 },
      after: { title: families(200), artist: `x ${family.repeat(31)}`, album: null, words: ['x'], sizeBytes: 1 }
    },
    {
      before: { _id: 'nameless', title: heavyLetter, artist: null, album: null, words: [] },
      after: { title: 'Untitled', words: ['untitled'] }
    },
    { before: { _id: 'short', ...shortSong, words: ['kept'] } }
  ],
  shows: [
    {
      before: {
        _id: 'long',
        title: `Night ${family.repeat(114)}`,
        description: `Jazz ${family.repeat(1990)}`,
        words: [],
        version: 3
      },
      after: {
        title: `Night ${family.repeat(18)}`,
        description: `Jazz ${family.repeat(319)}`,
        words: ['night', 'jazz'],
        version: 4
      }
    },
    {
      before: { _id: 'nameless', title: heavyLetter, description: '', words: [], version: 1 },
      after: { title: '…', version: 2 }
    },
    { before: { _id: 'short', title: '한'.repeat(120), description: '👍'.repeat(2000), words: ['kept'], version: 7 } }
  ],
  users: [
    {
      before: {
        _id: 'long',
        displayName: family.repeat(50),
        bio: `Hi\n${family.repeat(490)}`,
        links: [{ label: family.repeat(50), url: 'https://example.org/' }]
      },
      after: {
        displayName: families(50),
        bio: `Hi\n${family.repeat(79)}`,
        links: [{ label: families(50), url: 'https://example.org/' }]
      }
    },
    {
      before: { _id: 'nameless', displayName: heavyLetter, bio: heavyLetter, links: [] },
      after: { displayName: 'Somebody', bio: '' }
    },
    { before: { _id: 'short', displayName: 'Ann', bio: '', links: [{ label: 'Site', url: 'https://example.org/' }] } }
  ],
  comments: [
    {
      before: { _id: 'long', text: family.repeat(500), authorId: 'ann' },
      after: { text: families(500), authorId: 'ann' }
    },
    { before: { _id: 'deleted', text: '', authorId: 'ann' } }
  ],
  reports: [
    {
      before: { _id: 'long', excerpt: family.repeat(500), reason: family.repeat(1000), answer: null },
      after: { excerpt: families(500), reason: families(1000), answer: null }
    },
    { before: { _id: 'answered', excerpt: 'A show', reason: 'It is loud.', answer: 'It is not.' } }
  ],
  suspensions: [{ before: { _id: 'long', reason: family.repeat(1000) }, after: { reason: families(1000) } }],
  playlists: [
    {
      before: {
        _id: 'long',
        version: 4,
        items: [
          {
            id: 'i1',
            kind: 'song',
            title: longSong.title,
            artists: [longSong.artist],
            album: heavyLetter,
            available: true
          },
          {
            id: 'i2',
            kind: 'spotify',
            title: heavyLetter,
            artists: Array.from({ length: 60 }, (_, n) => `A${n}`),
            album: null,
            available: true
          },
          { id: 'i3', kind: 'song', title: 'A song', artists: [], album: null, available: false }
        ]
      },
      after: {
        version: 5,
        items: [
          {
            id: 'i1',
            kind: 'song',
            title: families(200),
            artists: [`x ${family.repeat(31)}`],
            album: null,
            available: true
          },
          {
            id: 'i2',
            kind: 'spotify',
            title: 'Untitled',
            artists: Array.from({ length: 50 }, (_, n) => `A${n}`),
            album: null,
            available: true
          },
          { id: 'i3', kind: 'song', title: 'A song', artists: [], album: null, available: false }
        ]
      }
    },
    { before: { _id: 'short', version: 2, items: [] } }
  ]
}

onEachBackend(t, async (t, db) => {
  t.test('an empty store is left alone', async () => await up(db))

  t.test('texts over their limit in bytes are shortened between two graphemes, and others stay', async t => {
    for (const [name, documents] of Object.entries(cases)) {
      await db.collection<Stored>(name).insertMany(documents.map(({ before }) => before))
    }
    for (const run of ['first run', 'second run']) {
      await up(db)
      for (const [name, documents] of Object.entries(cases)) {
        for (const { before, after } of documents) {
          const stored = await db.collection<Stored>(name).findOne({ _id: before._id })
          t.same(stored, { ...before, ...after }, `${name} ${before._id}, ${run}`)
        }
      }
    }
  })

  t.test('many texts are shortened in several operations', async t => {
    const comments = db.collection<Stored>('comments')
    await comments.deleteMany({})
    await comments.insertMany(
      Array.from({ length: 600 }, (_, n) => ({ _id: `c${n}`, text: family.repeat(100 + (n % 2)) }))
    )
    await up(db)
    const texts = await comments.find().toArray()
    t.equal(texts.length, 600)
    t.ok(
      texts.every(({ text }) => countBytes(text) === 2000),
      '80 families each'
    )
  })

  t.test('a text that is changed during the migration stays as it was changed', async t => {
    const users = db.collection<Stored>('users')
    await users.deleteMany({})
    await users.insertOne({ _id: 'ann', displayName: family.repeat(50), bio: '', links: [] })
    // Changes the name between the read and the write, as a server of the version before would.
    const editedDb: Db = Object.create(db)
    editedDb.collection = <Schema extends Document>(name: string) => {
      const collection = db.collection<Schema>(name)
      const bulkWrite = collection.bulkWrite.bind(collection)
      collection.bulkWrite = async (...args) => {
        await users.updateOne({ _id: 'ann' }, { $set: { displayName: 'Ann' } })
        return await bulkWrite(...args)
      }
      return collection
    }
    await up(editedDb)
    t.equal((await users.findOne({ _id: 'ann' }))?.displayName, 'Ann')
  })
})

/** By collection: documents whose bytes are damaged, or whose fields have a wrong type. */
const damaged: Record<string, Document[]> = {
  songs: [{ title: damage, artist: null, album: null }, { title: 5 }],
  shows: [{ title: damage, description: '' }, {}],
  users: [
    { displayName: damage, bio: '', links: [] },
    { displayName: 'Ann', bio: '', links: [{ label: damage, url: '' }] },
    { links: [{ url: 'https://example.org/' }] },
    { links: [null] },
    { links: { 0: 'a' } }
  ],
  comments: [{ text: damage }, { text: null }],
  reports: [{ excerpt: damage, reason: '', answer: null }],
  suspensions: [{ reason: damage }],
  playlists: [
    { version: 1, items: [{ title: damage, artists: [], album: null }] },
    { version: 1 },
    { version: 1, items: [null] },
    { version: 1, items: [{ title: 'A song' }] }
  ]
}

t.test('damaged documents stay as they are, and the others are shortened', async t => {
  const { url, db } = await startDamagingStore(t)
  const client = await MongoClient.connect(url)
  t.teardown(async () => await client.close())
  for (const [name, documents] of Object.entries(cases)) {
    const others = (damaged[name] ?? []).map((document, n) => ({ _id: `damaged ${n}`, ...document }))
    await db.collection<Stored>(name).insertMany([...others, ...documents.map(({ before }) => before)])
  }
  await up(client.db('ambient'))
  for (const [name, documents] of Object.entries(cases)) {
    const stored = db.collection<Stored>(name)
    for (const { before, after } of documents) {
      t.same(await stored.findOne({ _id: before._id }), { ...before, ...after }, `${name} ${before._id}`)
    }
    for (const [n, document] of (damaged[name] ?? []).entries()) {
      t.same(
        await stored.findOne({ _id: `damaged ${n}` }),
        { _id: `damaged ${n}`, ...document },
        `${name} damaged ${n}`
      )
    }
  }
})
