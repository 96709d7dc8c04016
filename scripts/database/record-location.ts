import { parseRecordsUrl } from '../../config/records-url.ts'
import type { Environment } from '../../config/mistakes.ts'
import { createMongoRecords } from '../../plugins/external/records/mongo-records.ts'
import type { RecordStore } from '../../plugins/external/records/record-store.ts'
import { assertExists, CopyError, openDatabase, parseLocation } from './location.ts'

/** A store of records that a copy can open. */
export interface RecordLocation {
  readonly label: string
  /** Checks that there is something to copy from, as far as that can be known without opening it. */
  assertExists(): void
  open(env: Environment): Promise<RecordStore>
}

/**
 * Parses `embedded:FOLDER`, a MongoDB connection string, or the RECORDS_URL of a table in DynamoDB.
 * @throws CopyError
 */
export function parseRecordLocation(text: string): RecordLocation {
  return text.startsWith('dynamodb:') ? dynamoLocation(text) : mongoLocation(text)
}

function mongoLocation(text: string): RecordLocation {
  const location = parseLocation(text)
  return {
    label: location.label,
    assertExists: () => assertExists(location),
    async open() {
      const { db, label, close } = await openDatabase(location)
      return { ...createMongoRecords(db, `database ${label}`), close }
    }
  }
}

function dynamoLocation(text: string): RecordLocation {
  const address = parseRecordsUrl(text)
  if (address?.home !== 'dynamodb') {
    throw new CopyError('The address of a table is dynamodb://REGION/TABLE?endpoint=URL, without keys in it.')
  }
  return {
    label: text,
    assertExists: () => {},
    async open({ AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' }) {
      if (accessKeyId === '' || secretAccessKey === '') {
        throw new CopyError('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed for DynamoDB.')
      }
      const { openDynamoRecords } = await import('../../plugins/external/records/dynamo-records.ts')
      try {
        return await openDynamoRecords({ address, keys: { accessKeyId, secretAccessKey } })
      } catch (error) {
        const { cause = error } = error instanceof Error ? error : {}
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new CopyError(`Cannot open ${text}: ${reason}`, { cause: error })
      }
    }
  }
}
