import fp from 'fastify-plugin'
import { findMigrations } from './find.ts'
import { runMigrations } from './run.ts'

/** Registered by app.ts, before everything else in this folder. */
export const autoload = false

/** Brings what is stored up to this version before any service touches it. */
export default fp(
  async app => {
    const migrations = await findMigrations(import.meta.dirname)
    await runMigrations({ db: app.db, migrations, log: app.log.child({ module: 'migrations' }) })
  },
  { name: 'migrations', dependencies: ['mongodb'] }
)
