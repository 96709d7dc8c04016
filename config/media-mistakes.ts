import { isEveryAddress, isLoopback } from './addresses.ts'
import { formats, parsePortRange } from './formats.ts'

/** Reports an address of media at which the clients that reach HOST would send nothing. */
export function announcedMistakes(given: Readonly<Record<string, unknown>>): string[] {
  const { HOST, MEDIA_LISTEN_IP, MEDIA_ANNOUNCED_ADDRESS } = given
  if (MEDIA_ANNOUNCED_ADDRESS !== undefined || typeof MEDIA_LISTEN_IP !== 'string') return []
  if (isEveryAddress(MEDIA_LISTEN_IP)) {
    return [`MEDIA_ANNOUNCED_ADDRESS is missing: clients cannot send media to MEDIA_LISTEN_IP ${MEDIA_LISTEN_IP}`]
  }
  // An invalid HOST is reported elsewhere.
  if (typeof HOST !== 'string' || !formats.host.validate(HOST)) return []
  if (isLoopback(HOST) || !isLoopback(MEDIA_LISTEN_IP)) return []
  return [
    `MEDIA_LISTEN_IP is ${MEDIA_LISTEN_IP}, and HOST is ${HOST}: other machines could open the page and hear nothing. ` +
      'Set MEDIA_LISTEN_IP, MEDIA_ANNOUNCED_ADDRESS or both; for a local network, use `npm start -- --lan` instead'
  ]
}

/** Reports what would keep the media of other nodes away. One node alone uses neither the ports nor the address. */
export function linkMistakes(given: Readonly<Record<string, unknown>>): string[] {
  const { REDIS_URL, MEDIA_PORT, MEDIA_WORKERS, MEDIA_PIPE_PORTS, MEDIA_LISTEN_IP } = given
  if (REDIS_URL === undefined) return []
  const mistakes: string[] = []
  const range = typeof MEDIA_PIPE_PORTS === 'string' ? parsePortRange(MEDIA_PIPE_PORTS) : null
  if (range && typeof MEDIA_PORT === 'number' && typeof MEDIA_WORKERS === 'number' && MEDIA_PORT !== 0) {
    const last = MEDIA_PORT + MEDIA_WORKERS - 1
    if (range.min <= last && range.max >= MEDIA_PORT) {
      mistakes.push(`MEDIA_PIPE_PORTS is in conflict with MEDIA_PORT: the workers use ${MEDIA_PORT} to ${last}`)
    }
  }
  const isEverywhere = typeof MEDIA_LISTEN_IP === 'string' && isEveryAddress(MEDIA_LISTEN_IP)
  if (isEverywhere && given.CLUSTER_ADDRESS === undefined && given.MEDIA_ANNOUNCED_ADDRESS === undefined) {
    mistakes.push(`CLUSTER_ADDRESS is missing: other nodes cannot send media to MEDIA_LISTEN_IP ${MEDIA_LISTEN_IP}`)
  }
  return mistakes
}
