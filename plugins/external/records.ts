import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { parseRecordsUrl } from '../../config/records-url.ts'
import { createMongoRecords } from './records/mongo-records.ts'
import type { RecordStore } from './records/record-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The store of events of rooms, comments, statistics and the cache of metadata. */
    records: RecordStore
  }
}

/** Opens the store that RECORDS_URL names. Throws when it can't be opened. */
async function openRecords({ db, config, metrics, tracing, log }: FastifyInstance): Promise<RecordStore> {
  const address = parseRecordsUrl(config.RECORDS_URL)
  if (!address) throw new Error('RECORDS_URL must begin with mongodb: or dynamodb:')
  if (address.home === 'mongodb') return createMongoRecords(db, `database ${db.databaseName}`)
  // Loaded only where it is used: the client is large.
  const { openDynamoRecords } = await import('./records/dynamo-records.ts')
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = config
  return await openDynamoRecords({
    address,
    keys: { accessKeyId, secretAccessKey },
    onExpiryFailed(permission, error) {
      log.warn({ err: error, table: address.table, permission }, 'expired records are not removed from the table')
    },
    onCommand(command) {
      const sentAtMs = performance.now()
      const span = tracing.startChild(`store ${command}`, {
        'db.system.name': 'aws.dynamodb',
        'db.operation.name': command,
        'db.collection.name': address.table
      })
      return failed => {
        metrics.store[failed ? 'failed' : 'answered'](command, performance.now() - sentAtMs)
        span?.end(failed ? 'FAILED' : undefined)
      }
    }
  })
}

/** The store of records: the database of the server, or the table that RECORDS_URL names. */
export default fp(
  async app => {
    app.decorate('records', await openRecords(app))
    app.addHook('onClose', async () => await app.records.close())
  },
  { name: 'records', dependencies: ['mongodb', 'metrics', 'tracing'] }
)
