import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import type { ListenerLink, ListenerLinkParts } from './listener-link.ts'
import { ListenerLinks } from './listener-links.ts'
import { RelayRoutes } from './relay-routes.ts'
import { voiceNotFound, voiceRefusal } from './voice-refusals.ts'

/** Receives the voices of a show that are produced on other nodes, while somebody on this node hears them. */
export interface VoiceLinks {
  /**
   * Makes the producer of another node audible here. Call it each time before a participant consumes a producer of
   * another node: this keeps a voice that would be stopped. It returns at once when the voice is audible; simultaneous
   * calls share one promise. Throws NOT_FOUND when the origin does not have it, UNAVAILABLE.
   */
  ensure(producerId: string, originNodeId: string): Promise<void>
  /** The same for a node that relays the voice: not over another relay. Others do not call it. */
  ensureDirect(producerId: string, originNodeId: string): Promise<void>
  /**
   * Receives the voices of a node over another one that has or can get them, for 60 s, because the direct way is
   * broken: see `onSilent`. Participants who hear them are reset. Never rejects.
   */
  relay(originNodeId: string, viaNodeId: string): Promise<void>
  /** The voice left the stage, or is produced elsewhere. Its consumers close. */
  gone(producerId: string): void
  /** Closes the link to a node that is lost, with its voices and its levels. */
  nodeLost(nodeId: string): void
  /** The other end of a link is lost; these of its producers remain. Others do not call it. */
  linkLost(originNodeId: string, linkId: string, remaining: readonly string[]): void
  /** Number of open links. */
  readonly size: number
  /** Closes all links. Call it before the show's audio closes. */
  close(): void
}

export interface VoiceLinksParts extends ListenerLinkParts {
  /** A node sends the voice to this one, and nothing arrived for 3 s. Called once per silence. */
  onSilent(producerId: string, senderNodeId: string): void
  logger: Pick<FastifyBaseLogger, 'warn'>
  /** A voice without a consumer here is received for this time, ms; for tests. */
  unheardMs?: number
  tickMs?: number
}

interface Voice {
  readonly producerId: string
  readonly origin: string
  readonly link: ListenerLink
  /** Resolves when it is audible. */
  ready: Promise<void>
  isReady: boolean
  /** The origin was asked to stop, and may have done so: the voice must be stopped before it is received again. */
  isEnding: boolean
  /** Set while the origin is asked to stop. Never rejects. */
  stopping: Promise<void> | null
  /** The last time at which somebody needed it. */
  neededAtMs: number
}

export function createVoiceLinks(parts: VoiceLinksParts): VoiceLinks {
  const { showId, nodeId, audio, logger, monotonicMs, onSilent, unheardMs = 10_000, tickMs = 500 } = parts
  /** By producer id. */
  const voices = new Map<string, Voice>()
  const routes = new RelayRoutes(monotonicMs)
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const links = new ListenerLinks({
    ...parts,
    host: {
      // `ShowAudio` resets its participants itself when its worker died.
      onLost: link => links.close(link),
      onUnknown: link => lose(link, receivedOver(link)),
      onSilent,
      onUnsent: (producerId, link) => {
        const voice = voices.get(producerId)
        if (voice?.link === link && receivedOver(link).includes(producerId)) unsent(voice)
      }
    },
    onClosing(link) {
      for (const voice of voices.values()) if (voice.link === link) voices.delete(voice.producerId)
    }
  })

  function isCurrent(voice: Voice): boolean {
    return voices.get(voice.producerId) === voice
  }

  function add(producerId: string, origin: string, sender: string): Voice {
    const { link, opened } = links.open(sender)
    timer ??= setInterval(tick, tickMs).unref()
    const voice: Voice = {
      producerId,
      origin,
      link,
      ready: Promise.resolve(),
      isReady: false,
      isEnding: false,
      stopping: null,
      neededAtMs: monotonicMs()
    }
    voices.set(producerId, voice)
    voice.ready = receive(voice, opened)
    return voice
  }

  async function receive(voice: Voice, opened: Promise<void>): Promise<void> {
    const { producerId, origin, link } = voice
    try {
      await opened
      if (!isCurrent(voice)) throw voiceNotFound()
      await link.receive({ producerId, origin }, () => isCurrent(voice))
      if (!isCurrent(voice)) throw voiceNotFound()
      voice.isReady = true
    } catch (error) {
      if (isCurrent(voice)) voices.delete(producerId)
      if (!voices.has(producerId)) giveUp(producerId, link)
      throw voiceRefusal(error, err => {
        logger.warn({ err, showId, nodeId: link.origin }, 'receiving a voice of another node failed')
      })
    }
  }

  /** Stops a voice that the origin may send by now. If it cannot be asked, the voice ends with the link. */
  function giveUp(producerId: string, link: ListenerLink): void {
    link.drop(producerId)
    if (!link.isClosed) link.stop(producerId).catch(() => {})
  }

  /** Resolves also when the origin could not be asked: then the voice stays, and `tick` tries again. */
  async function stop(voice: Voice): Promise<void> {
    voice.isEnding = true
    voice.stopping ??= askToStop(voice).finally(() => {
      voice.stopping = null
    })
    await voice.stopping
  }

  async function askToStop(voice: Voice): Promise<void> {
    try {
      await voice.link.stop(voice.producerId)
      if (isCurrent(voice)) voices.delete(voice.producerId)
    } catch {
      // The bus is away.
    }
  }

  /** Closes a link whose other end is gone. Clients do not know that their consumers of a remaining voice are gone. */
  function lose(link: ListenerLink, remaining: readonly string[]): void {
    const isHeard = remaining.some(id => voices.get(id)?.link === link && audio.consumersOf(id) > 0)
    links.close(link)
    if (isHeard) reset('link to another node lost')
  }

  /** A voice that its own node does not send any more is about to leave the stage. A relayed one may be there still. */
  function unsent({ producerId, origin, link }: Voice): void {
    const isHeard = audio.consumersOf(producerId) > 0
    voices.delete(producerId)
    link.drop(producerId)
    if (isHeard && origin !== link.origin) reset('relay of a voice lost')
  }

  function reset(reason: string): void {
    audio.resetAll(reason).catch((error: unknown) => {
      logger.warn({ err: error, showId }, 'resetting the audio of a show failed')
    })
  }

  function tick(): void {
    const now = monotonicMs()
    for (const voice of voices.values()) {
      const opening = links.find(voice.link.origin)
      if (opening) opening.usedAtMs = now
      if (audio.consumersOf(voice.producerId) > 0) voice.neededAtMs = now
      if (voice.isReady && (voice.isEnding || now - voice.neededAtMs >= unheardMs)) stop(voice)
    }
    for (const link of links.closeUnused(unheardMs)) link.checkSilence(receivedOver(link))
    if (links.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  /** Returns the voices that are audible over a link. */
  function receivedOver(link: ListenerLink): string[] {
    const ready = [...voices.values()].filter(voice => voice.link === link && voice.isReady && !voice.isEnding)
    return ready.map(({ producerId }) => producerId)
  }

  async function ensure(producerId: string, origin: string, mayRelay: boolean): Promise<void> {
    for (;;) {
      if (isClosed) throw new CodedError('UNAVAILABLE', 'The audio is closed. Try again.')
      const known = voices.get(producerId)
      if (!known && audio.hasProducer(producerId)) return
      if (!known && origin === nodeId) throw voiceNotFound()
      const voice = known ?? add(producerId, origin, mayRelay ? routes.senderOf(origin) : origin)
      voice.neededAtMs = monotonicMs()
      if (!voice.isEnding) return await voice.ready
      await stop(voice)
      if (isCurrent(voice)) throw new CodedError('UNAVAILABLE', 'This audio is being stopped. Try again.')
    }
  }

  async function relay(origin: string, via: string): Promise<void> {
    routes.add(origin, via)
    const link = links.find(origin)?.link
    if (!link) return
    const heard = receivedOver(link).filter(producerId => audio.consumersOf(producerId) > 0)
    links.close(link)
    const moved = await Promise.allSettled(heard.map(async producerId => await ensure(producerId, origin, true)))
    if (moved.length > 0 && moved.every(({ status }) => status === 'rejected')) routes.remove(origin)
    if (moved.length > 0) reset('voices come over another node')
  }

  return {
    ensure: async (producerId, origin) => await ensure(producerId, origin, true),
    ensureDirect: async (producerId, origin) => await ensure(producerId, origin, false),
    async relay(origin, via) {
      if (via !== nodeId && via !== origin && routes.senderOf(origin) !== via) await relay(origin, via)
    },
    gone(producerId) {
      const voice = voices.get(producerId)
      voices.delete(producerId)
      voice?.link.drop(producerId)
    },
    nodeLost(lostNodeId) {
      routes.nodeLost(lostNodeId)
      const link = links.find(lostNodeId)?.link
      if (link) {
        // The voices that it relayed are still on stage.
        const relayed = receivedOver(link).filter(producerId => voices.get(producerId)?.origin !== lostNodeId)
        lose(link, relayed)
      }
      audio.removeRemoteLevels(lostNodeId)
    },
    linkLost(originNodeId, linkId, remaining) {
      const link = links.find(originNodeId)?.link
      if (link?.id === linkId) lose(link, remaining)
    },
    get size() {
      return links.size
    },
    close() {
      isClosed = true
      links.closeAll()
      clearInterval(timer)
    }
  }
}
