import type { FastifyBaseLogger } from 'fastify'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'
import type { LinkedAudio } from './origin-links.ts'
import { nodeOfPresence } from './presence-ids.ts'
import type { VoiceLinking } from './voice-linking.ts'
import type { VoiceLinks } from './voice-links.ts'

/** The voices that members of this node hear from other nodes, and song and jingles from the home. */
export interface ShowVoices {
  /** Prepares a show with members here or its home: other nodes may receive voices over this one. */
  open(showId: string): void
  /**
   * Makes a producer of a show available on this node, before somebody here consumes it. Does nothing for one that is
   * produced here or unknown. Throws NOT_FOUND, UNAVAILABLE.
   */
  reach(showId: string, state: ServerRoomState, producerId: string): Promise<void>
  /** Drops the voices that left the stage. Called after every change of a room. */
  changed(showId: string, state: ServerRoomState): void
  /** Closes the links of a show, before its audio closes. */
  close(showId: string): void
}

export interface ShowVoicesParts {
  linking: Pick<VoiceLinking, 'open'>
  nodeId: string
  findAudio(showId: string): LinkedAudio | undefined
  /** The node that plays the song and the jingles of a show. */
  homeOf(showId: string): string | undefined
  logger: Pick<FastifyBaseLogger, 'warn'>
}

interface LinkedShow {
  readonly links: VoiceLinks
  readonly reached: Set<string>
}

export function createShowVoices({ linking, nodeId, findAudio, homeOf, logger }: ShowVoicesParts): ShowVoices {
  const shows = new Map<string, LinkedShow>()

  function linkedShow(showId: string): LinkedShow | undefined {
    const known = shows.get(showId)
    if (known) return known
    const audio = findAudio(showId)
    if (!audio) return undefined
    const links = linking.open({
      showId,
      audio,
      onSilent: (producerId, sender) => relay(showId, producerId, sender)
    })
    const show = { links, reached: new Set<string>() }
    shows.set(showId, show)
    return show
  }

  /** UDP between two nodes may be dropped: the home, which others reach, passes the voices on. */
  function relay(showId: string, producerId: string, sender: string): void {
    const via = homeOf(showId)
    logger.warn({ showId, producerId, nodeId: sender, via }, 'no packets from another node')
    if (via !== undefined) shows.get(showId)?.links.relay(sender, via)
  }

  function originOf(showId: string, state: ServerRoomState, producerId: string): string | undefined {
    const { playback, jingle } = state.room
    if (playback.producerId === producerId || jingle?.producerId === producerId) return homeOf(showId)
    const speaker = state.room.stage.find(member => member.producerId === producerId)
    const presenceId = speaker ? presenceOf(state, speaker.userId) : null
    return presenceId === null ? undefined : nodeOfPresence(presenceId)
  }

  return {
    open(showId) {
      linkedShow(showId)
    },
    async reach(showId, state, producerId) {
      const origin = originOf(showId, state, producerId)
      if (origin === undefined || origin === nodeId) return
      const show = linkedShow(showId)
      show?.reached.add(producerId)
      await show?.links.ensure(producerId, origin)
    },
    changed(showId, state) {
      const show = shows.get(showId)
      if (!show || show.reached.size === 0) return
      for (const producerId of show.reached) {
        if (originOf(showId, state, producerId) !== undefined) continue
        show.reached.delete(producerId)
        show.links.gone(producerId)
      }
    },
    close(showId) {
      shows.get(showId)?.links.close()
      shows.delete(showId)
    }
  }
}
