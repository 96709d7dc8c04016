import fastifyMongodb from '@fastify/mongodb'
import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import { startEmbeddedStore } from '../embedded/start.ts'

declare module 'fastify' {
  interface FastifyInstance { db: Db }
}

const defaultDatabase = 'ambient'
/** A database that is away is an error within this time, not a request that hangs. */
const patienceMs = 5000

/** The database: the one of MONGODB_URL, or the embedded store where none is given. */
export default fp(async app => {
  const { MONGODB_URL, DATA_DIR } = app.config
  const embedded = MONGODB_URL ? undefined : await startEmbeddedStore({ dataDir: DATA_DIR })
  // Hooks run in reverse order, so the store goes after the client that talks to it.
  if (embedded) app.addHook('onClose', async () => await embedded.close())

  const url = MONGODB_URL ?? embedded?.url
  if (!url) throw new Error('there is no database')
  const database = decodeURIComponent(new URL(url.replace(/^mongodb(\+srv)?:\/\/[^/]*/, 'http://host')).pathname.slice(1)) || defaultDatabase
  await app.register(fastifyMongodb, { url, database, forceClose: true, serverSelectionTimeoutMS: patienceMs, connectTimeoutMS: patienceMs, socketTimeoutMS: 4 * patienceMs })
  const { db } = app.mongo
  if (!db) throw new Error('the database has no name')
  app.decorate('db', db)
}, { name: 'mongodb' })
