import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { Type, type Static } from 'typebox'
import { isKey } from '../../plugins/external/storage/object-storage.ts'
import { writeWhole } from './files.ts'
import { KeepingError } from './backup-error.ts'

/** Raised when a program of before can't read what this one writes. */
const formatVersion = 1
const manifestName = 'manifest.json'

/** What operators put beside the server's own objects, to be imported: it is theirs to keep. */
export const operatorsPrefix = 'import/'

const File = { sizeBytes: Type.Integer({ minimum: 0 }), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }
/** What collections' names are written as: nothing that leads out of the folder. */
const FileName = Type.String({ pattern: "^[A-Za-z0-9_!~'()%-][A-Za-z0-9_.!~'()%-]*\\.bson$" })

/** A collection: its documents in a file, as BSON one after the other, and what they sum up to whatever their order. */
const CollectionEntry = Type.Object({
  name: Type.String({ minLength: 1, pattern: '^(?!system\\.)[^$\\0]+$' }),
  file: FileName,
  ...File,
  count: Type.Integer({ minimum: 0 }),
  checksum: Type.String(),
  indexes: Type.Array(
    Type.Object({
      key: Type.Record(Type.String(), Type.Unknown()),
      options: Type.Record(Type.String(), Type.Unknown())
    })
  )
})

/** An object of the storage, in the file of its key. */
const ObjectEntry = Type.Object({ key: Type.String(), ...File })
const KeyEntry = Type.Object({ name: Type.Union([Type.Literal('jwt-keys'), Type.Literal('token-keys')]), ...File })

/** What a backup is made of. It is written last: a folder without it is no backup yet. */
export const Manifest = Type.Object({
  format: Type.Integer({ minimum: 1 }),
  /** The version of the program that made it. */
  version: Type.String(),
  /** ISO 8601, UTC. */
  beganAt: Type.String(),
  endedAt: Type.String(),
  /** `point`: all documents are of one moment; `moving`: others wrote meanwhile. */
  consistency: Type.Union([Type.Literal('point'), Type.Literal('moving')]),
  /** The migrations its documents have been through. */
  migrations: Type.Array(Type.String()),
  collections: Type.Array(CollectionEntry),
  objects: Type.Array(ObjectEntry),
  keys: Type.Array(KeyEntry)
})

export type Manifest = Static<typeof Manifest>
export type CollectionEntry = Static<typeof CollectionEntry>
export type ObjectEntry = Static<typeof ObjectEntry>
export type KeyEntry = Static<typeof KeyEntry>

const fits = new Ajv().compile<Manifest>(Manifest)

/** Where things lie in a backup's folder. */
export const placesIn = (folder: string) => ({
  documents: join(folder, 'db'),
  objects: join(folder, 'storage'),
  keys: join(folder, 'keys'),
  manifest: join(folder, manifestName),
  /** Stands there while the backup is being made. */
  unfinished: join(folder, 'UNFINISHED')
})

export async function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>): Promise<void> {
  await writeWhole(placesIn(folder).manifest, [
    Buffer.from(`${JSON.stringify({ format: formatVersion, ...manifest }, null, 1)}\n`)
  ])
}

/** Throws KeepingError where there is none, or it is of a newer program, or damaged. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = placesIn(folder).manifest
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    throw isMissing ? new KeepingError(`There is no finished backup in ${folder}: it has no ${manifestName}.`) : error
  })
  const manifest = parsed(text)
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'format' in manifest &&
    Number(manifest.format) > formatVersion
  ) {
    throw new KeepingError(`${folder} was made by a newer version of Ambient: use that one.`)
  }
  if (!fits(manifest) || !isSound(manifest)) {
    throw new KeepingError(`${path} is damaged: it is not what a backup writes.`)
  }
  return manifest
}

/** Whether every object's key is one that a storage takes, so that its file is in the folder too, and nothing is there twice. */
function isSound({ collections, objects, keys }: Manifest): boolean {
  const once = [
    collections.map(({ name }) => name),
    collections.map(({ file }) => file),
    objects.map(({ key }) => key),
    keys.map(({ name }) => name)
  ]
  return (
    objects.every(({ key }) => isKey(key) && !key.startsWith(operatorsPrefix)) &&
    once.every(names => new Set(names).size === names.length)
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
