import type { Mention } from '../../contract/comments.ts'
import { findStageMember, isHost } from '../../contract/room.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'

/** A text with the people whom its author means, and those of them who are not to be listed in shows. */
interface MentioningText {
  readonly text: string
  readonly mentions: readonly string[]
  readonly unlisted: readonly string[]
}

/**
 * The people in the show whom a text names, of those whom its author means. Of people who are not to be listed, only
 * those whom everybody sees anyway: otherwise a mention would tell whether they listen.
 */
export function mentionsIn(
  { text, mentions, unlisted }: MentioningText,
  { room, members, lastComments }: ServerRoomState
): Mention[] {
  const isSeen = (userId: string) =>
    isHost(room, userId) || findStageMember(room, userId) !== undefined || lastComments.has(userId)
  return [...new Set(mentions)].flatMap(userId => {
    const name = members.get(userId)?.displayName
    const isNamed = name !== undefined && text.includes(`@${name}`)
    return isNamed && (isSeen(userId) || !unlisted.includes(userId)) ? [{ userId, name }] : []
  })
}
