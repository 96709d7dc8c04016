import type { FastifyBaseLogger } from 'fastify'
import type { Static } from 'typebox'
import { CodedError } from '../../contract/errors.ts'
import type { LinkOffer } from '../../media/link-transport.ts'
import type { NodeLink } from '../../media/node-link.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import type { LinkSeal } from './link-seal.ts'
import type { Peers } from './peers.ts'
import { CheckVoices, CloseLink, OpenLink, SendVoice, StopVoice } from './voice-link-messages.ts'

/** A show's audio, as links use it. */
export type LinkedAudio = Pick<
  ShowAudio,
  'openLink' | 'hasProducer' | 'consumersOf' | 'resetAll' | 'removeRemoteLevels'
>

export interface OriginLinksParts {
  nodeId: string
  peers: Peers
  seal: LinkSeal
  findAudio(showId: string): LinkedAudio | undefined
  /** Gets the voice of another node, to relay it. */
  fetch(showId: string, producerId: string, origin: string): Promise<void>
  logger: Pick<FastifyBaseLogger, 'warn'>
  monotonicMs(): number
}

/** The ends of links over which this node sends voices to listeners on other nodes. */
export interface OriginLinks {
  /** The links to a lost node close after 60 s, unless it asks again: it may be cut from the bus only. */
  nodeLost(nodeId: string): void
  readonly size: number
  close(): void
}

interface OriginLink {
  readonly showId: string
  readonly linkId: string
  readonly listener: string
  readonly audio: LinkedAudio
  link: NodeLink | null
  readonly sent: Set<string>
  /** The last time at which it was asked about or had something to send. */
  usedAtMs: number
}

const sweepIntervalMs = 10_000
/** A link that sends nothing, and one to a lost node, is kept for this time. */
const keepMs = 60_000
const askTimeoutMs = 4000

/** Answers the questions of listeners. Called once per process. */
export function createOriginLinks({
  nodeId,
  peers,
  seal,
  findAudio,
  fetch,
  logger,
  monotonicMs
}: OriginLinksParts): OriginLinks {
  const links = new Map<string, OriginLink>()
  const lostNodes = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  function keyOf(listener: string, linkId: string): string {
    return `${listener} ${linkId}`
  }

  function get(
    listener: string,
    { showId, linkId }: { showId: string; linkId: string }
  ): OriginLink & { link: NodeLink } {
    lostNodes.delete(listener)
    const found = links.get(keyOf(listener, linkId))
    if (!found || !isOpen(found) || found.showId !== showId) throw new CodedError('CONFLICT', 'This link is not open.')
    found.usedAtMs = monotonicMs()
    return found
  }

  function add(entry: OriginLink): void {
    links.set(keyOf(entry.listener, entry.linkId), entry)
    timer ??= setInterval(sweep, sweepIntervalMs).unref()
  }

  function remove(entry: OriginLink): void {
    const key = keyOf(entry.listener, entry.linkId)
    if (links.get(key) === entry) links.delete(key)
    entry.link?.close()
  }

  function sweep(): void {
    for (const entry of links.values()) {
      const isSending = [...entry.sent].some(producerId => entry.audio.hasProducer(producerId))
      if (isSending && !lostNodes.has(entry.listener)) entry.usedAtMs = monotonicMs()
      if (monotonicMs() - entry.usedAtMs >= keepMs) remove(entry)
    }
    if (links.size > 0) return
    clearInterval(timer)
    timer = undefined
    lostNodes.clear()
  }

  /** Its worker died, or its show closed. */
  async function lost(entry: OriginLink): Promise<void> {
    remove(entry)
    const { listener, showId, linkId, audio, sent } = entry
    // The other producers of a worker that died close in the same turn.
    await null
    const remaining = [...sent].filter(producerId => audio.hasProducer(producerId))
    await peers.ask(listener, 'link:lost', { showId, linkId, remaining }, askTimeoutMs)
  }

  async function open({ showId, linkId, offer }: Static<typeof OpenLink>, listener: string): Promise<unknown> {
    lostNodes.delete(listener)
    const audio = findAudio(showId)
    if (!audio) throw new CodedError('SHOW_NOT_LIVE', 'This node has no audio of the show.')
    if (links.has(keyOf(listener, linkId))) throw new CodedError('CONFLICT', 'This link is already open.')
    const theirs = seal.open(offer, { showId, linkId, from: listener, to: nodeId })
    const entry = { showId, linkId, listener, audio, link: null, sent: new Set<string>(), usedAtMs: monotonicMs() }
    add(entry)
    try {
      return { offer: seal.seal((await connect(entry, theirs)).offer, { showId, linkId, from: nodeId, to: listener }) }
    } catch (error) {
      remove(entry)
      throw error
    }
  }

  async function connect(entry: OriginLink, offer: LinkOffer): Promise<NodeLink> {
    const link = await entry.audio.openLink()
    entry.link = link
    link.once('lost', () => {
      lost(entry).catch((error: unknown) =>
        logger.warn({ err: error, nodeId: entry.listener, showId: entry.showId }, 'reporting a lost media link failed')
      )
    })
    if (links.get(keyOf(entry.listener, entry.linkId)) !== entry) {
      link.close()
      throw new CodedError('UNAVAILABLE', 'The link was closed in the meantime.')
    }
    await link.connect(offer)
    return link
  }

  peers.answer('link:open', OpenLink, open)
  peers.answer('link:close', CloseLink, async ({ linkId }, listener) => {
    const found = links.get(keyOf(listener, linkId))
    if (found) remove(found)
    return {}
  })
  peers.answer('voice:send', SendVoice, async (body, listener) => {
    const entry = get(listener, body)
    const { showId, producerId, origin } = body
    if (origin !== nodeId && !entry.audio.hasProducer(producerId)) await fetch(showId, producerId, origin)
    const voice = await entry.link.send(producerId)
    entry.sent.add(producerId)
    return voice
  })
  peers.answer('voice:stop', StopVoice, async (body, listener) => {
    const entry = get(listener, body)
    entry.sent.delete(body.producerId)
    await entry.link.stopSending(body.producerId)
    return {}
  })
  peers.answer('voice:check', CheckVoices, async (body, listener) => {
    const { link } = get(listener, body)
    return { packets: await Promise.all(body.producerIds.map(async producerId => await link.packetsSent(producerId))) }
  })

  return {
    nodeLost(lostNodeId) {
      lostNodes.add(lostNodeId)
      const now = monotonicMs()
      for (const entry of links.values()) if (entry.listener === lostNodeId) entry.usedAtMs = now
    },
    get size() {
      return links.size
    },
    close() {
      for (const entry of links.values()) remove(entry)
      clearInterval(timer)
    }
  }
}

function isOpen(entry: OriginLink): entry is OriginLink & { link: NodeLink } {
  return entry.link !== null && !entry.link.isClosed
}
