import type { Config } from '../../config/config.ts'
import { parseRecordsUrl } from '../../config/records-url.ts'
import { BackupError } from './backup-error.ts'

/**
 * Refuses to back up or restore a server whose records are not in its database, unless the operator has said that they
 * are handled apart.
 * @throws BackupError
 */
export function assertRecordsIncluded({ RECORDS_URL }: Pick<Config, 'RECORDS_URL'>, withoutRecords: boolean): void {
  if (withoutRecords || parseRecordsUrl(RECORDS_URL)?.home === 'mongodb') return
  throw new BackupError(
    `RECORDS_URL is ${RECORDS_URL}: room events, comments and statistics are not part of a backup of the database.\n` +
      'Copy them with "npm run db:copy -- --records FROM TO" or with the backups of DynamoDB, and pass --without-records.'
  )
}
