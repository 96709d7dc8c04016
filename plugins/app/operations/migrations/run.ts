import type { Db } from 'mongodb'
import { holdLock, lockId, type LockDocument, type LockOptions } from './lock.ts'

/**
 * One change of what is stored, made once. `up` may be killed at any point and is then run again from its beginning, beside servers
 * of the version before: it changes what is as before, and leaves alone what is as after.
 */
export interface Migration {
  /** Its number and what it does: `0001-session-device`. Migrations run in the order of their names. */
  name: string
  up(db: Db): Promise<void>
}

/** That a migration has run. */
interface MigrationRecord {
  _id: string
  finishedAt: Date
  tookMs: number
}

/** What the run tells of itself. */
export interface MigrationLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface MigrationsParts {
  db: Db
  migrations: readonly Migration[]
  log: MigrationLog
  lock?: Partial<Pick<LockOptions, 'beatMs' | 'deadAfterMs'>>
}

const lockDefaults = { beatMs: 500, deadAfterMs: 10_000 }

/**
 * Runs the migrations that have not run on this database, one after the other, while other servers that start wait for them.
 * Throws when one fails: those before it have run, and it is tried again at the next start.
 */
export async function runMigrations({ db, migrations, log, lock: lockOptions }: MigrationsParts): Promise<void> {
  const records = db.collection<MigrationRecord>('migrations')
  const inOrder = migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1))

  async function pending(): Promise<Migration[]> {
    const done = new Set(await records.distinct('_id', { _id: { $ne: lockId } }))
    return inOrder.filter(({ name }) => !done.has(name))
  }

  async function warnOfNewer(): Promise<void> {
    const newer = await records.distinct('_id', { _id: { $nin: [lockId, ...inOrder.map(({ name }) => name)] } })
    if (newer.length > 0) log.warn({ migrations: newer }, 'the database was migrated by a newer version of the server')
  }

  async function run({ name, up }: Migration): Promise<void> {
    const startedAt = performance.now()
    try {
      await up(db)
    } catch (error) {
      throw new Error(
        `the migration ${name} failed and is tried again at the next start: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error }
      )
    }
    const tookMs = Math.round(performance.now() - startedAt)
    await records.updateOne({ _id: name }, { $setOnInsert: { finishedAt: new Date(), tookMs } }, { upsert: true })
    log.info({ migration: name, tookMs }, 'a migration has run')
  }

  await warnOfNewer()
  if ((await pending()).length === 0) return
  const lock = await holdLock(db.collection<LockDocument>('migrations'), {
    ...lockDefaults,
    ...lockOptions,
    onWait: () => log.info({}, 'another server runs the migrations, or died while it did: waiting for it')
  })
  try {
    // Asked again: who held the lock before has run them.
    for (const migration of await pending()) {
      await lock.confirm()
      await run(migration)
    }
  } finally {
    await lock.release()
  }
}
