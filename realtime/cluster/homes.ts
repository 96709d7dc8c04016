import type { FastifyBaseLogger } from 'fastify'
import { LogConflict } from '../../plugins/app/shows/event-log.ts'
import type { ServerPayload } from '../../contract/server-events.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import { Deposed, type Bus } from './bus.ts'
import { parseEntry, type AppliedEvents } from './entries.ts'
import { createHomeAudio } from './home-audio.ts'
import type { Peers } from './peers.ts'
import { quickTimeoutMs, type PresentMember } from './room-calls.ts'
import type { ShowCasts } from './show-casts.ts'
import { untilReached } from './until-reached.ts'
import { createShowStream, type ShowStream } from './show-stream.ts'

/** Another node is the home of the show. */
export class HomeElsewhere extends Error {
  readonly nodeId: string

  constructor(showId: string, nodeId: string) {
    super(`node ${nodeId} is the home of show ${showId}`)
    this.name = 'HomeElsewhere'
    this.nodeId = nodeId
  }
}

/** The claims of this node, the streams to the other nodes, and the people who are connected to them. */
export interface Homes {
  readonly nodeId: string
  /** Whether this node surely holds the claim to a show. After an outage it must be asserted first. */
  isSure(showId: string): boolean
  /** Claims a show. Throws HomeElsewhere, UNAVAILABLE. */
  claim(showId: string): Promise<void>
  /** Returns the events that the last home sent to other nodes, oldest first. They may not be in the log. */
  sentEvents(showId: string): Promise<(AppliedEvents & { readonly token: number })[]>
  /**
   * Publishes the token of a fence record, and opens the stream. Throws LogConflict when a later home has done so, or
   * has claimed the show because this node was slow.
   */
  open(showId: string, token: number, onDeposed: (error: Deposed) => void): Promise<ShowStream>
  /** Another node has a fence record with this token: this one stops being the home. */
  depose(showId: string, token: number): void
  /** The stream of a show whose home is here. */
  findStream(showId: string): ShowStream | undefined
  /** Asks all other nodes who is connected there. A node that does not answer in time has nobody. */
  rollCall(showId: string, token: number): Promise<PresentMember[]>
  /** Tells the nodes with members the levels of the speakers here. */
  castLevels(showId: string, levels: ServerPayload<'media:speaking'>['levels']): void
  /** The audio of a show over all nodes. */
  audioOf(showId: string, local: RoomAudio): RoomAudio
  /** Takes a node out of all streams. */
  removeFollower(nodeId: string): void
  /** Gives a show up: its claim is free. */
  release(showId: string): void
  /** Removes the claim and the stream of an ended show, once the other nodes have read its end. */
  forget(showId: string): void
  close(): void
}

export interface HomesParts {
  bus: Bus
  peers: Pick<Peers, 'ask'>
  casts: Pick<ShowCasts, 'send' | 'leave'>
  monotonicMs: () => number
  logger: Pick<FastifyBaseLogger, 'warn' | 'debug'>
}

const assertEveryMs = 2_000
/** Other nodes that lag more than this find the end of a show in its log, ms. */
const keepStreamMs = 30_000

export function createHomes({ bus, peers, casts, logger, monotonicMs }: HomesParts): Homes {
  const streams = new Map<string, ShowStream>()
  const deposers = new WeakMap<ShowStream, (error: Deposed) => void>()

  /** The number of times this node came back after it was not sure, now and when a claim was last asserted. */
  let returns = 0
  const assertedAfter = new WeakMap<ShowStream, number>()
  const timers = new Set<NodeJS.Timeout>()

  function giveUp(showId: string, free: (token: number) => void): void {
    const stream = streams.get(showId)
    streams.delete(showId)
    casts.leave(showId)
    if (stream) free(stream.token)
  }

  /** A claim that stays costs nothing but its place: its node is dead one day. */
  function onFailure(showId: string): (error: unknown) => void {
    return error => logger.warn({ err: error, showId }, 'claim not given up')
  }

  function forgetLater(showId: string, token: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      bus.forget(showId, token).catch(onFailure(showId))
    }, keepStreamMs)
    timers.add(timer.unref())
  }

  /** Redis may have lost the claims. A node that has taken a show over meanwhile has a later token. */
  async function assertClaim(showId: string, stream: ShowStream): Promise<void> {
    const after = returns
    const isHome = await bus.assert(showId, stream.token)
    if (isHome) assertedAfter.set(stream, after)
    if (!isHome && streams.get(showId) === stream) deposers.get(stream)?.(new Deposed(showId))
  }

  function assertClaims(): void {
    for (const [showId, stream] of streams) {
      assertClaim(showId, stream).catch((error: unknown) => logger.debug({ err: error, showId }, 'claim not asserted'))
    }
  }

  const assertTimer = setInterval(assertClaims, assertEveryMs).unref()
  bus.onReconnected(() => {
    returns++
    assertClaims()
  })

  return {
    nodeId: bus.nodeId,
    isSure(showId) {
      const stream = streams.get(showId)
      return stream !== undefined && assertedAfter.get(stream) === returns && bus.isSure()
    },
    async claim(showId) {
      // A node that was cut off claims nothing for some seconds, so that others can renew their claims.
      const { nodeId } = await untilReached(monotonicMs, async () => await bus.claim(showId))
      if (nodeId !== bus.nodeId) throw new HomeElsewhere(showId, nodeId)
    },
    async sentEvents(showId) {
      const entries = (await bus.tail(showId)).map(parseEntry)
      return entries.flatMap(entry => (entry?.kind === 'events' ? [entry] : []))
    },
    async open(showId, token, onDeposed) {
      const after = returns
      if (!(await bus.take(showId, token))) throw new LogConflict(showId, token)
      const stream = createShowStream({ showId, token, bus, onDeposed, logger })
      assertedAfter.set(stream, after)
      streams.set(showId, stream)
      deposers.set(stream, onDeposed)
      return stream
    },
    depose(showId, token) {
      const stream = streams.get(showId)
      if (stream && stream.token < token) deposers.get(stream)?.(new Deposed(showId))
    },
    findStream: showId => streams.get(showId),
    async rollCall(showId, token) {
      const others = (await bus.nodes()).filter(({ nodeId }) => nodeId !== bus.nodeId)
      const answers = others.map(
        async ({ nodeId }) =>
          await peers.ask<PresentMember[]>(nodeId, 'room:rollCall', { showId, token }, quickTimeoutMs)
      )
      const settled = await Promise.allSettled(answers)
      return settled.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
    },
    castLevels(showId, levels) {
      if (streams.get(showId)?.followers.size) casts.send(showId, { kind: 'levels', nodeId: bus.nodeId, levels })
    },
    audioOf: (showId, local) => createHomeAudio(local, { showId, nodeId: bus.nodeId, peers, logger }),
    removeFollower(nodeId) {
      for (const stream of streams.values()) stream.removeFollower(nodeId)
    },
    release: showId =>
      giveUp(showId, token => {
        bus.release(showId, token).catch(onFailure(showId))
      }),
    forget: showId =>
      giveUp(showId, token => {
        bus.release(showId, token).catch(onFailure(showId))
        forgetLater(showId, token)
      }),
    close() {
      clearInterval(assertTimer)
      for (const timer of timers) clearTimeout(timer)
    }
  }
}
