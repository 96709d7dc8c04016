import type { FastifyBaseLogger } from 'fastify'
import { LogConflict } from '../../plugins/app/shows/event-log.ts'
import type { SpeakingLevel } from '../../contract/speaking.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import { Deposed, type Bus } from './bus.ts'
import { parseEntry, type AppliedEvents } from './entries.ts'
import { createHomeAudio } from './home-audio.ts'
import type { Peers } from './peers.ts'
import { quickTimeoutMs } from './room-calls.ts'
import type { PresentMember } from '../room/commands.ts'
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
  castLevels(showId: string, levels: SpeakingLevel[]): void
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

/** A show whose home is here. */
interface OpenHome {
  readonly stream: ShowStream
  readonly onDeposed: (error: Deposed) => void
  /** The number of returns of this node when the claim was last asserted. */
  assertedAfter: number
}

const assertEveryMs = 2_000
/** Other nodes that lag more than this find the end of a show in its log, ms. */
const keepStreamMs = 30_000

export function createHomes({ bus, peers, casts, logger, monotonicMs }: HomesParts): Homes {
  const open = new Map<string, OpenHome>()
  /** The number of times this node came back after it was not sure. */
  let returns = 0
  const timers = new Set<NodeJS.Timeout>()

  function giveUp(showId: string, free: (token: number) => void): void {
    const home = open.get(showId)
    open.delete(showId)
    casts.leave(showId)
    if (home) free(home.stream.token)
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
  async function assertClaim(showId: string, home: OpenHome): Promise<void> {
    const after = returns
    if (await bus.assert(showId, home.stream.token)) home.assertedAfter = after
    else if (open.get(showId) === home) home.onDeposed(new Deposed(showId))
  }

  function assertClaims(): void {
    for (const [showId, home] of open) {
      assertClaim(showId, home).catch((error: unknown) => logger.debug({ err: error, showId }, 'claim not asserted'))
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
      return open.get(showId)?.assertedAfter === returns && bus.isSure()
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
      open.set(showId, { stream, onDeposed, assertedAfter: after })
      return stream
    },
    depose(showId, token) {
      const home = open.get(showId)
      if (home && home.stream.token < token) home.onDeposed(new Deposed(showId))
    },
    findStream: showId => open.get(showId)?.stream,
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
      if (open.get(showId)?.stream.followers.size) casts.send(showId, { kind: 'levels', nodeId: bus.nodeId, levels })
    },
    audioOf: (showId, local) =>
      createHomeAudio(local, { showId, nodeId: bus.nodeId, nodes: async () => await bus.nodes(), peers, logger }),
    removeFollower(nodeId) {
      for (const { stream } of open.values()) stream.removeFollower(nodeId)
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
