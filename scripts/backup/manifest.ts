import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { Type, type Static } from 'typebox'
import { isKey } from '../../plugins/external/storage/object-storage.ts'
import { BackupError } from './backup-error.ts'
import { writeAtomically } from './files.ts'

/** Raised when earlier versions cannot read what this one writes. */
const formatVersion = 1
const manifestName = 'manifest.json'

/** Prefix of objects that operators add for an import. They are not backed up. */
export const operatorPrefix = 'import/'

const File = { sizeBytes: Type.Integer({ minimum: 0 }), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }
/** File name of a collection. It cannot lead out of the folder. */
const FileName = Type.String({ pattern: "^[A-Za-z0-9_!~'()%-][A-Za-z0-9_.!~'()%-]*\\.bson$" })

/** A collection: a file of consecutive BSON documents, their number, and a checksum that ignores their order. */
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

/** An object of the storage. Its file has the name of its key. */
const ObjectEntry = Type.Object({ key: Type.String(), ...File })
const KeyEntry = Type.Object({
  name: Type.Union([Type.Literal('jwt-keys'), Type.Literal('token-keys'), Type.Literal('push-vapid-key')]),
  ...File
})

/** Contents of a backup. The manifest is written last: a folder without it is not a backup yet. */
export const Manifest = Type.Object({
  format: Type.Integer({ minimum: 1 }),
  /** Version of the program that made the backup. */
  version: Type.String(),
  /** ISO 8601, UTC. */
  beganAt: Type.String(),
  endedAt: Type.String(),
  /** `point`: all documents are of one point in time; `moving`: others wrote during the backup. */
  consistency: Type.Union([Type.Literal('point'), Type.Literal('moving')]),
  /** Migrations that were applied to the documents. */
  migrations: Type.Array(Type.String()),
  collections: Type.Array(CollectionEntry),
  objects: Type.Array(ObjectEntry),
  keys: Type.Array(KeyEntry)
})

export type Manifest = Static<typeof Manifest>
export type CollectionEntry = Static<typeof CollectionEntry>
export type ObjectEntry = Static<typeof ObjectEntry>
export type KeyEntry = Static<typeof KeyEntry>

const isManifest = new Ajv().compile<Manifest>(Manifest)

/** Returns the paths inside the folder of a backup. */
export const backupPaths = (folder: string) => ({
  documents: join(folder, 'db'),
  objects: join(folder, 'storage'),
  keys: join(folder, 'keys'),
  manifest: join(folder, manifestName),
  /** Exists while the backup is being made. */
  unfinished: join(folder, 'UNFINISHED')
})

export async function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>): Promise<void> {
  await writeAtomically(backupPaths(folder).manifest, [
    Buffer.from(`${JSON.stringify({ format: formatVersion, ...manifest }, null, 1)}\n`)
  ])
}

/**
 * Reads the manifest of a backup.
 * @throws BackupError when there is none, when a newer program wrote it, or when it is damaged
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = backupPaths(folder).manifest
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    throw isMissing ? new BackupError(`There is no finished backup in ${folder}: ${manifestName} is missing.`) : error
  })
  const manifest = parseJson(text)
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'format' in manifest &&
    Number(manifest.format) > formatVersion
  ) {
    throw new BackupError(`${folder} was made by a newer version of Ambient. Restore it with that version.`)
  }
  if (!isManifest(manifest) || !hasValidNames(manifest)) {
    throw new BackupError(`${path} is damaged: a backup does not write such a manifest.`)
  }
  return manifest
}

/**
 * Returns whether every key is a valid storage key, so that its file is inside the folder, and no name occurs twice.
 */
function hasValidNames({ collections, objects, keys }: Manifest): boolean {
  const unique = [
    collections.map(({ name }) => name),
    collections.map(({ file }) => file),
    objects.map(({ key }) => key),
    keys.map(({ name }) => name)
  ]
  return (
    objects.every(({ key }) => isKey(key) && !key.startsWith(operatorPrefix)) &&
    unique.every(names => new Set(names).size === names.length)
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
