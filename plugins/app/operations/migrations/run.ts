import type { Db } from 'mongodb'
import { holdLock, lockId, type LockDocument, type LockOptions } from './lock.ts'

/**
 * One change of the stored data, made once. `up` may be killed at any point and then runs again from its beginning,
 * beside servers of the version before. It changes documents of the old form only.
 */
export interface Migration {
  /** Number and purpose: `0001-session-device`. Migrations run in the order of their names. */
  name: string
  up(db: Db): Promise<void>
}

/** Record of a finished migration. */
interface MigrationRecord {
  _id: string
  finishedAt: Date
  tookMs: number
}

export interface MigrationLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface MigrationsParts {
  db: Db
  migrations: readonly Migration[]
  logger: MigrationLogger
  lock?: Partial<Pick<LockOptions, 'beatMs' | 'deadAfterMs'>>
}

const lockDefaults = { beatMs: 500, deadAfterMs: 10_000 }

/**
 * Runs the migrations this database has not had yet, one after the other, while other starting servers wait. Throws
 * when one fails: the ones before it are done, and the next start tries it again.
 */
export async function runMigrations({ db, migrations, logger, lock: lockOptions }: MigrationsParts): Promise<void> {
  const records = db.collection<MigrationRecord>('migrations')
  const inOrder = migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1))

  async function findPending(): Promise<Migration[]> {
    const done = new Set(await records.distinct('_id', { _id: { $ne: lockId } }))
    return inOrder.filter(({ name }) => !done.has(name))
  }

  async function warnOfNewer(): Promise<void> {
    const newer = await records.distinct('_id', { _id: { $nin: [lockId, ...inOrder.map(({ name }) => name)] } })
    if (newer.length > 0) logger.warn({ migrations: newer }, 'database was migrated by a newer version of the server')
  }

  async function run({ name, up }: Migration): Promise<void> {
    const startedAt = performance.now()
    try {
      await up(db)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`the migration ${name} failed and is tried again at the next start: ${reason}`, { cause: error })
    }
    const tookMs = Math.round(performance.now() - startedAt)
    await records.updateOne({ _id: name }, { $setOnInsert: { finishedAt: new Date(), tookMs } }, { upsert: true })
    logger.info({ migration: name, tookMs }, 'migration finished')
  }

  await warnOfNewer()
  if ((await findPending()).length === 0) return
  const lock = await holdLock(db.collection<LockDocument>('migrations'), {
    ...lockDefaults,
    ...lockOptions,
    onWait: () => logger.info({}, 'waiting for another server that runs the migrations, or died while running them')
  })
  try {
    // Checked again, because the previous holder of the lock may have run them.
    for (const migration of await findPending()) {
      await lock.confirm()
      await run(migration)
    }
  } finally {
    await lock.release()
  }
}
