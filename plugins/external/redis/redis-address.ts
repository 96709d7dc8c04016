/** The host and port on which a Redis or a sentinel listens. */
export interface RedisPlace {
  readonly host: string
  readonly port: number
}

/** The parts of a REDIS_URL. */
export interface RedisAddress {
  /** The Redis, or the sentinels that know it. */
  readonly places: readonly RedisPlace[]
  /** The name under which sentinels watch the primary; undefined without sentinels. */
  readonly primaryName: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  /** Number of the database. */
  readonly db: number
  readonly isEncrypted: boolean
}

const defaultPort = 6379
const defaultSentinelPort = 26_379
const sentinelScheme = 'redis+sentinel://'

/** Returns the parts of a valid REDIS_URL. */
export function parseRedisUrl(url: string): RedisAddress {
  if (url.startsWith(sentinelScheme)) return parseSentinelUrl(url.slice(sentinelScheme.length))
  const { protocol, username, password, pathname } = new URL(url)
  return {
    places: [placeOf(url, defaultPort)],
    primaryName: undefined,
    ...credentialsOf({ username, password }),
    db: Number(pathname.slice(1)),
    isEncrypted: protocol === 'rediss:'
  }
}

/** A list of hosts is no URL, so each is read as one. */
function parseSentinelUrl(rest: string): RedisAddress {
  const [authority = '', primaryName = '', db = ''] = rest.split('/')
  const at = authority.lastIndexOf('@')
  return {
    places: authority
      .slice(at + 1)
      .split(',')
      .map(place => placeOf(`redis://${place}`, defaultSentinelPort)),
    primaryName,
    ...credentialsOf(new URL(`redis://${authority.slice(0, at + 1)}any`)),
    db: Number(db),
    isEncrypted: false
  }
}

function placeOf(url: string, otherwisePort: number): RedisPlace {
  const { hostname, port } = new URL(url)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? otherwisePort : Number(port) }
}

function credentialsOf({ username, password }: Pick<URL, 'username' | 'password'>) {
  return {
    username: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password)
  }
}
