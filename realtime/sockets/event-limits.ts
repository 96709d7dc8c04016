import type { ClientEventName } from '../../contract/client-events.ts'
import { createPersonalWindows, createRateWindow, type Limit, type RateWindow } from './rate-limits.ts'

/** The kinds of a socket's packets, which are counted apart. `stray` packets are not events. */
export type PacketKind = 'media' | 'other' | 'stray'

/** The limits of all client events. */
export interface EventLimits {
  /** Maximum bytes of one message. */
  readonly messageBytes: number
  /** Per socket. Stray packets have the limit of `other`. */
  readonly perSocket: Readonly<Record<Exclude<PacketKind, 'stray'>, Limit>>
  /** Further limits of single events, per person over all their sockets. */
  readonly perPerson: Readonly<Partial<Record<ClientEventName, Limit>>>
}

/** A socket is closed when its attempts reach this multiple of its limit: the client is hostile, not mistaken. */
const floodFactor = 4

export function kindOf(event: string): PacketKind {
  return event.startsWith('media:') ? 'media' : 'other'
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
  take(event: string, userId: string, nowMs: number): number
}

export function createPersonalLimits({ perPerson }: Pick<EventLimits, 'perPerson'>): PersonalLimits {
  const windows = new Map(Object.entries(perPerson).map(([event, limit]) => [event, createPersonalWindows(limit)]))
  return { take: (event, userId, nowMs) => windows.get(event)?.take(userId, nowMs) ?? 0 }
}
