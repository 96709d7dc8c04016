import type { FastifyBaseLogger } from 'fastify'
import type { LinkSeal } from './link-seal.ts'
import { createAnswerChecks } from './listener-link.ts'
import { createOriginLinks, type LinkedAudio } from './origin-links.ts'
import type { Peers, PeersParts } from './peers.ts'
import { LostLink } from './voice-link-messages.ts'
import { createVoiceLinks, type VoiceLinks } from './voice-links.ts'

export interface VoiceLinkingParts {
  nodeId: string
  peers: Peers
  seal: LinkSeal
  compile: PeersParts['compile']
  /** Returns the audio of a show on this node. */
  findAudio(showId: string): LinkedAudio | undefined
  logger: Pick<FastifyBaseLogger, 'warn'>
  monotonicMs(): number
}

export interface OpenVoiceLinksParts {
  showId: string
  audio: LinkedAudio
  /** A node sends this voice, and nothing arrived here for 3 s. Called once per silence. `VoiceLinks.relay` helps. */
  onSilent(producerId: string, senderNodeId: string): void
}

/** The links of all shows between this node and others. Created once per process, because it answers questions. */
export interface VoiceLinking {
  /** Creates the links of a show, which receive voices for listeners on this node. `close` them before the audio. */
  open(parts: OpenVoiceLinksParts): VoiceLinks
  /** Call it when another node is lost. */
  nodeLost(nodeId: string): void
  /** Number of ends of links on this node: those that receive voices, and those that send them. */
  counts(): { receiving: number; sending: number }
  close(): void
}

export function createVoiceLinking(parts: VoiceLinkingParts): VoiceLinking {
  const { nodeId, peers, seal, compile, logger, monotonicMs } = parts
  const check = createAnswerChecks(compile)
  /** By show id. */
  const shows = new Map<string, VoiceLinks>()
  const origins = createOriginLinks({
    ...parts,
    async fetch(showId, producerId, origin) {
      await shows.get(showId)?.ensureDirect(producerId, origin)
    }
  })

  peers.answer('link:lost', LostLink, async ({ showId, linkId, remaining }, origin) => {
    shows.get(showId)?.linkLost(origin, linkId, remaining)
    return {}
  })

  return {
    open({ showId, audio, onSilent }) {
      const links = createVoiceLinks({ showId, nodeId, peers, seal, audio, check, onSilent, logger, monotonicMs })
      shows.set(showId, links)
      return {
        ...links,
        get size() {
          return links.size
        },
        close() {
          if (shows.get(showId) === links) shows.delete(showId)
          links.close()
        }
      }
    },
    nodeLost(lostNodeId) {
      origins.nodeLost(lostNodeId)
      for (const links of shows.values()) links.nodeLost(lostNodeId)
    },
    counts() {
      const receiving = [...shows.values()].reduce((sum, { size }) => sum + size, 0)
      return { receiving, sending: origins.size }
    },
    close() {
      for (const links of shows.values()) links.close()
      shows.clear()
      origins.close()
    }
  }
}
