import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EmbeddedStoreError } from '../errors.ts'

/** The name of the store's file in its folder. */
export const storeFileName = 'store.sqlite'

/** Increased when the format of the file changes. */
const formatVersion = 1

const schema = `
  CREATE TABLE collections (id INTEGER PRIMARY KEY, db TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (db, name)) STRICT;
  CREATE TABLE indexes (
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, name TEXT NOT NULL, spec BLOB NOT NULL,
    multikey INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  PRAGMA user_version = ${formatVersion};
`

// SQLite's primary result codes: https://www.sqlite.org/rescode.html
const reasons: Readonly<Record<number, (file: string) => string>> = {
  3: file => `${file} may not be opened: give this user the right to read and write it`,
  5: file => `${file} is in use by another server: stop that one, or give this one a DATA_DIR of its own`,
  8: file => `${file} can't be written: give this user the right to, or choose another DATA_DIR`,
  11: damaged,
  13: file => `there is no space left for ${file}`,
  14: file => `${file} can't be opened: does its folder exist, and may this user write there? DATA_DIR chooses another`,
  26: damaged
}

function damaged(file: string): string {
  return (
    `${file} is damaged. Put back a backup of it (with the -wal file of the same backup, if there is one), ` +
    'or move it away to begin anew'
  )
}

/** Returns SQLite's primary result code of an error, or undefined if the error is not from SQLite. */
export function sqliteCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}

const [readOnly, full, unreachable] = [8, 13, 14]

/**
 * Returns the SQLite code that describes an error. An error of the file system comes from `makeFile`: SQLite itself
 * would open a file that it cannot write as read-only.
 */
function codeOf(error: unknown, file: string): number | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return sqliteCodeOf(error)
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return full
  return existsSync(file) ? readOnly : unreachable
}

function openError(error: unknown, file: string): Error {
  const reason = reasons[codeOf(error, file) ?? -1]
  const message = error instanceof Error ? error.message : String(error)
  return new EmbeddedStoreError(
    reason
      ? `The embedded store can't start: ${reason(file)}. (${message})`
      : `The embedded store can't open ${file}: ${message}`,
    { cause: error }
  )
}

/**
 * Makes the file if it does not exist, readable for this user only: it holds all data of people. Files that SQLite
 * makes beside it get the same mode. A file that exists is not opened here, since closing it would release the locks
 * that this process has on it.
 */
function makeFile(file: string): void {
  if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK)
  else closeSync(openSync(file, 'a', 0o600))
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version)
}

function prepareFile(db: DatabaseSync, file: string): void {
  // The lock is held until the process ends for any reason, so that a second server is refused. There is no
  // shared-memory file.
  db.exec('PRAGMA locking_mode = EXCLUSIVE')
  db.exec('PRAGMA journal_mode = WAL')
  db.exec('PRAGMA synchronous = FULL')
  db.exec('PRAGMA cache_size = -65536')
  // Deleted data is overwritten: erased people cannot be read in the free pages of the file or of its backups.
  db.exec('PRAGMA secure_delete = ON')
  db.exec('BEGIN IMMEDIATE')
  const version = versionOf(db)
  if (version > formatVersion) {
    throw new EmbeddedStoreError(
      `${file} was written by a newer version of Ambient ` +
        `(format ${version}, this one knows ${formatVersion}): use that version`
    )
  }
  if (version === 0) db.exec(schema)
  db.exec('COMMIT')
  db.prepare('SELECT count(*) FROM collections, indexes').get()
}

/**
 * Opens or creates the file of the embedded store in `dataDir`, for this process only. Throws EmbeddedStoreError, whose
 * message says what to do, if the file is in use, damaged, written by a newer version, or cannot be opened.
 */
export function openDatabase(dataDir: string): DatabaseSync {
  const file = join(dataDir, storeFileName)
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    makeFile(file)
    db = new DatabaseSync(file, { timeout: 0 })
    prepareFile(db, file)
    return db
  } catch (error) {
    if (db?.isOpen) db.close()
    throw error instanceof EmbeddedStoreError ? error : openError(error, file)
  }
}
