import { isBaseUrl } from './storage-url.ts'

/** A table of DynamoDB. */
export interface DynamoAddress {
  home: 'dynamodb'
  region: string
  table: string
  /** Another server than that of Amazon in the region. */
  endpoint: string | undefined
}

/** The target of a RECORDS_URL: the database, or a table of DynamoDB. */
export type RecordsAddress = { home: 'mongodb' } | DynamoAddress

const regionPattern = /^[A-Za-z0-9-]{1,64}$/
const tablePattern = /^[A-Za-z0-9_.-]{3,255}$/

/**
 * Parses `mongodb:`, which is the database of the server, or `dynamodb://REGION/TABLE?endpoint=https://…`. Returns null
 * for anything else, also for a URL with unknown parameters or with keys in it.
 */
export function parseRecordsUrl(url: string): RecordsAddress | null {
  if (url === 'mongodb:') return { home: 'mongodb' }
  if (!url.startsWith('dynamodb://') || !URL.canParse(url)) return null
  const { host: region, username, password, hash, pathname, searchParams } = new URL(url)
  const table = pathname.slice(1)
  const { endpoint, ...unknown } = Object.fromEntries(searchParams)
  const fits =
    username + password + hash === '' &&
    regionPattern.test(region) &&
    tablePattern.test(table) &&
    (endpoint === undefined || isBaseUrl(endpoint)) &&
    Object.keys(unknown).length === 0
  return fits ? { home: 'dynamodb', region, table, endpoint } : null
}
