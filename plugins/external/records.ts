import fp from 'fastify-plugin'
import { createMongoRecords } from './records/mongo-records.ts'
import type { RecordStore } from './records/record-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The store of events of rooms, comments, statistics and the cache of metadata. */
    records: RecordStore
  }
}

/** The store of records: the database of the server. */
export default fp(
  async app => {
    const { db } = app
    app.decorate('records', createMongoRecords(db, `database ${db.databaseName}`))
    app.addHook('onClose', async () => await app.records.close())
  },
  { name: 'records', dependencies: ['mongodb'] }
)
