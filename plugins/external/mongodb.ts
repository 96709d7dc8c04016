import fastifyMongodb from '@fastify/mongodb'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { MongoServerError, type Db } from 'mongodb'
import { startEmbeddedStore } from '../embedded/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    db: Db
  }
}

const defaultDatabase = 'ambient'
/** A database that is away is an error within this time, not a request that hangs. */
const patienceMs = 5000

/** The database named in the path of a connection string, which may list several hosts. */
export function databaseOf(url: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(url)?.[1]
  return name === undefined ? defaultDatabase : decodeURIComponent(name)
}

/** What MongoDB answers to an index that is there with other options, or under another name: IndexOptionsConflict, IndexKeySpecsConflict. */
const indexConflicts: ReadonlySet<unknown> = new Set([85, 86])

/** For who starts the server: why an index that this version wants can't be made beside an older one; null for any other error. */
export function explainIndexConflict(error: unknown): string | null {
  if (!(error instanceof MongoServerError) || !indexConflicts.has(error.code)) return null
  return (
    `an index in the database is not as this version wants it. ${error.message}\n` +
    'A release that changes an index brings a migration that drops the old one first (plugins/app/operations/migrations). Start the version from before, or drop that index by hand.'
  )
}

/** Starts the embedded store, which closes with the app. What goes wrong in its thread is logged; readiness finds it gone. */
async function startEmbedded(app: FastifyInstance): Promise<string> {
  const log = app.log.child({ module: 'store' })
  const store = await startEmbeddedStore({
    dataDir: app.config.DATA_DIR,
    onCrash: error =>
      log.fatal(
        { err: error },
        'the embedded store has died: nothing is stored any more until the server is started again'
      ),
    onBug: (command, message) => log.error({ command, reason: message }, 'the embedded store failed')
  })
  // Hooks run in reverse order, so the store goes after the client that talks to it.
  app.addHook('onClose', async () => await store.close())
  return store.url
}

/** The database: the one of MONGODB_URL, or the embedded store where none is given. */
export default fp(
  async app => {
    const url = app.config.MONGODB_URL ?? (await startEmbedded(app))
    await app.register(fastifyMongodb, {
      url,
      database: databaseOf(url),
      forceClose: true,
      // For whoever counts and traces them.
      monitorCommands: true,
      serverSelectionTimeoutMS: patienceMs,
      connectTimeoutMS: patienceMs,
      socketTimeoutMS: 4 * patienceMs
    })
    const { db } = app.mongo
    if (!db) throw new Error('the database has no name')
    app.decorate('db', db)
  },
  { name: 'mongodb' }
)
