import type { Config } from '../../config/config.ts'
import type { ClientEventName } from '../../contract/client-events.ts'
import { CodedError } from '../../contract/errors.ts'
import type { Actor, Command } from '../room/commands.ts'
import { createPersonalWindows, createRateWindow, type Limit, type RateWindow } from './rate-limits.ts'

/** The kinds of a socket's packets, which are counted apart. `stray` packets are not events. */
export type PacketKind = 'media' | 'other' | 'stray'

/** The limits of all client events. */
export interface EventLimits {
  /** Maximum bytes of one message. */
  readonly messageBytes: number
  /** Per socket. Stray packets have the limit of `other`. */
  readonly perSocket: Readonly<Record<Exclude<PacketKind, 'stray'>, Limit>>
  /**
   * Further limits of single events, per person over all their sockets. They bound how fast a person fills the log of
   * a show. The one of `mute:set` is for unmuting, the one of `recording:set` for starting.
   */
  readonly perPerson: Readonly<Partial<Record<ClientEventName, Limit>>>
}

const tenSecondsMs = 10_000
const minuteMs = 60_000

/** Each start opens a file for every speaker, and everybody on stage is told. */
const recordingStartsPerMinute = 6

/** Everybody hears each of them, and each opens a file. */
const jinglesPer10s = 10
/** Each new song is an event for everybody in the show. */
const songRequestsPerMinute = 6
/** A person changes their mind a few times; a vote for each of several songs is usual. */
const pollVotesPer10s = 6
const songVotesPer10s = 20

/** Actions of hosts, which everybody in the show receives. A new socket must not let a host repeat them faster. */
const hostEvents: readonly ClientEventName[] = [
  'show:announce',
  'speak:answer',
  'speak:rejectAll',
  'speak:invite',
  'speak:revoke',
  'cohost:set',
  'show:handOver',
  'member:remove',
  'comment:mute',
  'comment:delete',
  'comment:answer',
  'comment:pin',
  'link:pin',
  'pin:remove',
  'poll:open',
  'poll:close',
  'poll:dismiss',
  'song:dismiss',
  'playback:play',
  'playback:next',
  'playback:pause',
  'playback:stop',
  'playback:level'
]

/** The limits that the settings name. */
export function eventLimitsOf(config: Config): EventLimits {
  const other = { count: config.LIMIT_EVENTS_PER_10S, windowMs: tenSecondsMs }
  return {
    messageBytes: config.LIMIT_MESSAGE_BYTES,
    perSocket: { media: { count: config.LIMIT_MEDIA_EVENTS_PER_10S, windowMs: tenSecondsMs }, other },
    perPerson: {
      ...Object.fromEntries(hostEvents.map(event => [event, other])),
      'speak:request': { count: config.LIMIT_SPEAK_REQUESTS_PER_MINUTE, windowMs: minuteMs },
      'mute:set': { count: config.LIMIT_UNMUTES_PER_10S, windowMs: tenSecondsMs },
      'show:join': { count: config.LIMIT_JOINS_PER_MINUTE, windowMs: minuteMs },
      'player:state': other,
      'comments:held': other,
      'playlist:editing': other,
      'jingle:play': { count: jinglesPer10s, windowMs: tenSecondsMs },
      'recording:set': { count: recordingStartsPerMinute, windowMs: minuteMs },
      'poll:vote': { count: pollVotesPer10s, windowMs: tenSecondsMs },
      'song:request': { count: songRequestsPerMinute, windowMs: minuteMs },
      'song:vote': { count: songVotesPer10s, windowMs: tenSecondsMs },
      'votes:mine': other,
      'media:produce': { count: config.LIMIT_PRODUCES_PER_MINUTE, windowMs: minuteMs },
      'reaction:send': { count: config.LIMIT_REACTIONS_PER_10S, windowMs: tenSecondsMs }
    }
  }
}

/** A socket is closed when its attempts reach this multiple of its limit: the client is hostile, not mistaken. */
const floodFactor = 4

export function kindOf(event: string): PacketKind {
  return event.startsWith('media:') ? 'media' : 'other'
}

/**
 * Whether an event mutes people or stops the recording. It has no limit, so that voices can be kept private at any
 * time. It changes something only after an unmute or a start, and those are limited.
 */
export function isProtecting(event: string, payload: unknown): boolean {
  if (event === 'mute:all') return true
  if (!isObject(payload)) return false
  return (event === 'mute:set' && payload.muted === true) || (event === 'recording:set' && payload.on === false)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Counts one socket's packets. Windows are created when they are first needed: there is one of these per socket. */
export interface SocketLimits {
  /** Counts a packet. Returns how long it has to wait, ms; 0 when it is allowed. */
  take(kind: PacketKind, nowMs: number): number
  /** Whether the socket's attempts, refused packets included, are so frequent that it must be closed. */
  isFlooding(kind: PacketKind, nowMs: number): boolean
}

export function createSocketLimits({ perSocket }: Pick<EventLimits, 'perSocket'>): SocketLimits {
  const windows: { [K in PacketKind]?: RateWindow } = {}
  const limitOf = (kind: PacketKind) => perSocket[kind === 'media' ? 'media' : 'other']
  const windowOf = (kind: PacketKind): RateWindow => (windows[kind] ??= createRateWindow(limitOf(kind)))
  return {
    take: (kind, nowMs) => windowOf(kind).take(nowMs),
    isFlooding: (kind, nowMs) => windowOf(kind).attempts(nowMs) >= limitOf(kind).count * floodFactor
  }
}

/** Counts the events that have a limit per person. */
export interface PersonalLimits {
  /** Counts an event. Returns how long it has to wait, ms; 0 when it is allowed. */
  take(event: string, payload: unknown, userId: string, nowMs: number): number
}

export function createPersonalLimits({ perPerson }: Pick<EventLimits, 'perPerson'>): PersonalLimits {
  const windows = new Map(Object.entries(perPerson).map(([event, limit]) => [event, createPersonalWindows(limit)]))
  return {
    take: (event, payload, userId, nowMs) =>
      isProtecting(event, payload) ? 0 : (windows.get(event)?.take(userId, nowMs) ?? 0)
  }
}

/** Messages for a person who has reached the limit of an event. */
const personalRefusals: { readonly [E in ClientEventName]?: string } = {
  'mute:set': 'You unmuted too often. Wait a moment, then unmute again.',
  'recording:set': 'You started the recording too often. Wait a moment, then start it again.'
}

/** Throws RATE_LIMITED when there is a time to wait, ms. */
export function refuseWhile(waitMs: number, message = 'Too many at once; wait a moment.'): void {
  if (waitMs > 0) throw new CodedError('RATE_LIMITED', message, { retryAfterMs: waitMs })
}

/** Counts an event of a person. Throws RATE_LIMITED when it has to wait. */
export function countPersonal(
  limits: PersonalLimits,
  event: string,
  payload: unknown,
  userId: string,
  nowMs: number
): void {
  const refusals: Readonly<Record<string, string | undefined>> = personalRefusals
  refuseWhile(limits.take(event, payload, userId, nowMs), refusals[event])
}

/**
 * Counts a command that another node forwards to the home. That node has counted it too, but a person with sockets at
 * several nodes would have the limit of each. Throws RATE_LIMITED.
 */
export function countForwarded(limits: PersonalLimits, actor: Actor, command: Command, nowMs: number): void {
  if (actor.kind !== 'member') return
  // Commands have the names of the events, except this one, which follows on the event.
  const event = command.type === 'media:produced' ? 'media:produce' : command.type
  countPersonal(limits, event, command, actor.userId, nowMs)
}
