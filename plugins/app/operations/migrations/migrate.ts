import type { Db } from 'mongodb'
import { findMigrations } from './find.ts'
import { runMigrations, type MigrationLogger } from './run.ts'

/** Brings the stored data to this version of the server, with the migrations of this folder. */
export async function migrate({ db, logger }: { db: Db; logger: MigrationLogger }): Promise<void> {
  await runMigrations({ db, migrations: await findMigrations(import.meta.dirname), logger })
}
