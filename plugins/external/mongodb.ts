import fastifyMongodb from '@fastify/mongodb'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { MongoClient, MongoServerError, type Db } from 'mongodb'
import { startEmbeddedStore, type EmbeddedStore } from '../embedded/index.ts'
import { readDirectly, type DirectReads } from './mongodb/direct-reads.ts'

declare module 'fastify' {
  interface FastifyInstance {
    db: Db
    /** Reads that bypass the driver; null with a server of MONGODB_URL. */
    directReads: DirectReads | null
  }
}

const defaultDatabase = 'ambient'
/** An unavailable database causes an error within this time, instead of a hanging request. */
const connectTimeoutMs = 5000

/**
 * The driver looks in this interval whether its pool has too few connections. Its default of 100 ms took a fifth of the
 * CPU time of an idle server. It is no option of its types, but one that its pool takes (mongodb 7).
 */
const poolCheckMs = 10_000

/** Returns the name of the database in the path of a connection string, which may list several hosts. */
export function databaseOf(url: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(url)?.[1]
  return name === undefined ? defaultDatabase : decodeURIComponent(name)
}

/**
 * Codes of MongoDB for an index that exists with other options or under another name: IndexOptionsConflict,
 * IndexKeySpecsConflict.
 */
const indexConflicts: ReadonlySet<unknown> = new Set([85, 86])

/**
 * Explains to an operator why an index of this version conflicts with an existing one. Returns null for any other
 * error.
 */
export function explainIndexConflict(error: unknown): string | null {
  if (!(error instanceof MongoServerError) || !indexConflicts.has(error.code)) return null
  return (
    `an index in the database differs from the one of this version. ${error.message}\n` +
    'A release that changes an index has a migration that drops the old one first ' +
    '(plugins/app/operations/migrations). Start the previous version, or drop that index by hand.'
  )
}

/**
 * Starts the embedded store, which closes with the app. Errors in its thread are logged; a dead thread makes the server
 * not ready.
 */
async function startEmbedded(app: FastifyInstance): Promise<EmbeddedStore> {
  const log = app.log.child({ module: 'store' })
  const store = await startEmbeddedStore({
    dataDir: app.config.DATA_DIR,
    onCrash: error =>
      log.fatal({ err: error }, 'embedded store crashed: nothing is stored until the server is restarted'),
    onInternalError: (command, message) => log.error({ command, reason: message }, 'embedded store command failed')
  })
  // onClose hooks run in reverse order, so the store closes after its client.
  app.addHook('onClose', async () => await store.close())
  return store
}

/** The database: MONGODB_URL, or the embedded store when it is unset. */
export default fp(
  async app => {
    const { MONGODB_URL } = app.config
    const store = MONGODB_URL === undefined ? await startEmbedded(app) : null
    const url = store?.url ?? MONGODB_URL ?? ''
    const client = new MongoClient(url, {
      // For metrics and tracing of commands.
      monitorCommands: true,
      serverSelectionTimeoutMS: connectTimeoutMs,
      connectTimeoutMS: connectTimeoutMs,
      socketTimeoutMS: 4 * connectTimeoutMs
    })
    Object.assign(client.options, { minPoolSizeCheckFrequencyMS: poolCheckMs })
    await client.connect()
    app.addHook('onClose', async () => await client.close(true))
    await app.register(fastifyMongodb, { client, database: databaseOf(url) })
    const { db } = app.mongo
    if (!db) throw new Error('the database has no name')
    app.decorate('db', db)
    app.decorate('directReads', store && readDirectly(db, store))
  },
  { name: 'mongodb' }
)
