import type { AnyBulkWriteOperation, Db, Document } from 'mongodb'
import { countBytes, leadingGraphemes, maxBytesFor } from '../../../../contract/graphemes.ts'
import { cleanText, textError } from '../../../../contract/text.ts'
import { wordsOf } from '../../documents/search-words.ts'
import { changesOf } from './changes-of.ts'
import { inBatches } from './in-batches.ts'

/** Limit of a text in graphemes, and what replaces a text of which nothing is left. */
interface TextLimit {
  max: number
  otherwise: string | null
}

/** Texts of the documents of a collection, by field. */
interface TextFields {
  collection: string
  limits: Readonly<Record<string, TextLimit>>
  /** The documents have search words of these texts. */
  hasWords?: boolean
  /** A changed document gets another version. */
  hasVersion?: boolean
}

interface TextDocument extends Document {
  _id: string
}

interface OldPlaylist {
  _id: string
  version: number
  items: { title: string; artists: string[]; album: string | null }[]
}

interface OldUser {
  _id: string
  links: { label: string; url: string }[]
}

const songName: TextLimit = { max: 200, otherwise: null }
const reportText: TextLimit = { max: 1000, otherwise: '…' }
const maxLabelGraphemes = 50
/** Maximum number of artists of a Spotify track in a playlist. */
const maxArtists = 50

const textFields: readonly TextFields[] = [
  {
    collection: 'songs',
    limits: { title: { max: 200, otherwise: 'Untitled' }, artist: songName, album: songName },
    hasWords: true
  },
  {
    collection: 'shows',
    limits: { title: { max: 120, otherwise: '…' }, description: { max: 2000, otherwise: '' } },
    hasWords: true,
    hasVersion: true
  },
  {
    collection: 'users',
    limits: { displayName: { max: 50, otherwise: 'Somebody' }, bio: { max: 500, otherwise: '' } }
  },
  { collection: 'comments', limits: { text: { max: 500, otherwise: '…' } } },
  {
    collection: 'reports',
    limits: { excerpt: { max: 500, otherwise: '…' }, reason: reportText, answer: reportText }
  },
  { collection: 'suspensions', limits: { reason: reportText } }
]

/**
 * Shortens the texts that were stored before texts had a limit in bytes. Logs of shows and of operators keep what was
 * said, and damaged documents stay as they are. A playlist is rewritten after the songs, so that a server of the
 * version before copies no long title into it.
 */
export async function up(db: Db): Promise<void> {
  for (const fields of textFields) await shortenTexts(db, fields)
  await shortenLinks(db)
  await shortenPlaylists(db)
}

async function shortenTexts(db: Db, { collection: name, limits, hasWords, hasVersion }: TextFields): Promise<void> {
  const collection = db.collection<TextDocument>(name)
  const projection = Object.fromEntries(Object.keys(limits).map(field => [field, 1]))

  function changeOf({ _id, ...document }: TextDocument): AnyBulkWriteOperation<TextDocument> | undefined {
    const texts = Object.entries(limits).flatMap(([field, limit]) => {
      const text: unknown = document[field]
      return typeof text === 'string' ? [{ field, text, shortened: shorten(text, limit) }] : []
    })
    if (texts.every(({ text, shortened }) => text === shortened)) return undefined
    const read = Object.fromEntries(texts.map(({ field, text }) => [field, text]))
    const changed = Object.fromEntries(texts.map(({ field, shortened }) => [field, shortened]))
    const words = wordsOf(...texts.map(({ shortened }) => shortened ?? ''))
    return {
      updateOne: {
        // Keeps what a server that runs meanwhile has written.
        filter: { _id, ...read },
        update: {
          $set: { ...changed, ...(hasWords && { words }) },
          ...(hasVersion && { $inc: { version: 1 } })
        }
      }
    }
  }

  const changes = changesOf(collection, { projection }, changeOf)
  for await (const batch of inBatches(changes)) await collection.bulkWrite(batch, { ordered: false })
}

async function shortenLinks(db: Db): Promise<void> {
  const users = db.collection<OldUser>('users')
  const selection = { filter: { 'links.0': { $exists: true } }, projection: { links: 1 } }
  const changes = changesOf(users, selection, ({ _id, links }) => {
    const shortened = links.map(({ label, url }) => ({
      label: shorten(label, { max: maxLabelGraphemes, otherwise: '…' }) ?? '',
      url
    }))
    return shortened.every(({ label }, n) => label === links[n]?.label) ? undefined : { _id, links, shortened }
  })
  for await (const { _id, links, shortened } of changes) {
    await users.updateOne({ _id, links }, { $set: { links: shortened } })
  }
}

/** A playlist may have megabytes, so one at a time is read and written. */
async function shortenPlaylists(db: Db): Promise<void> {
  const playlists = db.collection<OldPlaylist>('playlists')
  const changes = changesOf(playlists, { batchSize: 1 }, ({ _id, version, items }) => {
    const shortened = items.map(item => ({
      ...item,
      title: shorten(item.title, songName) ?? 'Untitled',
      artists: item.artists.slice(0, maxArtists).map(artist => shorten(artist, songName) ?? '…'),
      album: item.album === null ? null : shorten(item.album, songName)
    }))
    return JSON.stringify(shortened) === JSON.stringify(items) ? undefined : { _id, version, shortened }
  })
  for await (const { _id, version, shortened } of changes) {
    await playlists.updateOne({ _id, version }, { $set: { items: shortened }, $inc: { version: 1 } })
  }
}

/** Returns the text itself when it is within its limit, else its beginning. */
function shorten(text: string, { max, otherwise }: TextLimit): string | null {
  if (countBytes(text) <= maxBytesFor(max)) return text
  const beginning = cleanText(leadingGraphemes(text, max))
  return textError(beginning, { min: 1, max, multiline: true }) === null ? beginning : otherwise
}
