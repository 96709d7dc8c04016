import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Location and addressing of an S3 bucket. The prefix has no slash at either end and may be empty. */
export interface S3Address {
  home: 's3'
  bucket: string
  prefix: string
  endpoint: string | undefined
  region: string
  pathStyle: boolean
}

/** The target of a STORAGE_URL: a folder, the database, or a bucket. */
export type StorageAddress = { home: 'folder'; folder: string } | { home: 'gridfs' } | S3Address

const bucketPattern = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/
const prefixPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/
const regionPattern = /^[A-Za-z0-9-]{1,64}$/
const switches: Readonly<Record<string, boolean>> = { on: true, true: true, off: false, false: false }
const defaultRegion = 'us-east-1'

/**
 * Parses `file:///srv/ambient` (or `file:songs`, relative to the working directory), `gridfs:`, or
 * `s3://bucket/prefix?endpoint=https://…&region=…&pathStyle=on`. Returns null for anything else, also for a URL with
 * unknown parameters or with keys in it.
 */
export function parseStorageUrl(url: string): StorageAddress | null {
  if (url === 'gridfs:') return { home: 'gridfs' }
  if (url.startsWith('file:')) return folder(url)
  return url.startsWith('s3://') && URL.canParse(url) ? bucket(new URL(url)) : null
}

function folder(url: string): StorageAddress | null {
  const path = url.slice('file:'.length)
  if (path === '') return null
  if (!path.startsWith('/')) return { home: 'folder', folder: resolve(path) }
  try {
    return { home: 'folder', folder: fileURLToPath(url) }
  } catch {
    return null
  }
}

function bucket({ host, username, password, hash, pathname, searchParams }: URL): S3Address | null {
  const prefix = pathname.replace(/^\/|\/$/g, '')
  const { endpoint, region = defaultRegion, pathStyle, ...unknown } = Object.fromEntries(searchParams)
  // Servers other than Amazon's rarely have a host name for each bucket.
  const style = pathStyle === undefined ? endpoint !== undefined : switches[pathStyle]
  const fits =
    username + password + hash === '' &&
    bucketPattern.test(host) &&
    (prefix === '' || prefixPattern.test(prefix)) &&
    (endpoint === undefined || isBaseUrl(endpoint)) &&
    regionPattern.test(region) &&
    Object.keys(unknown).length === 0
  return fits && style !== undefined ? { home: 's3', bucket: host, prefix, endpoint, region, pathStyle: style } : null
}

/** Whether a text is the address of a server, without user name, password and parameters. */
export function isBaseUrl(value: string): boolean {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return false
  const { username, password, search, hash } = new URL(value)
  return username + password + search + hash === ''
}
