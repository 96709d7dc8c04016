import type { RoomView, ShowRoom } from '../../../client/index.ts'
import type { Act } from './act.ts'

/** What a host can do about somebody, as the show stands now; nothing for anybody else. What takes a person away is asked twice. */
export function actsOn(
  view: RoomView,
  show: ShowRoom,
  { userId, displayName, isGuest = false }: { userId: string; displayName: string; isGuest?: boolean }
): Act[] {
  const { room, me } = view
  if (!room || !me.isHost || userId === me.userId || userId === room.creatorId) return []
  const isCohost = room.cohostIds.includes(userId)
  if (isCohost && me.role !== 'creator') return []
  const commentsMuted = room.commentMutedIds.includes(userId)
  return [
    ...speakingActs(view, show, userId, isGuest),
    ...(me.role === 'creator' && !isGuest
      ? [
          {
            words: isCohost ? 'No longer co-host' : 'Make co-host',
            act: async () => await show.setCohost(userId, !isCohost)
          }
        ]
      : []),
    ...(isGuest
      ? []
      : [
          {
            words: commentsMuted ? 'Allow their comments' : 'Mute their comments',
            act: async () => await show.muteComments(userId, !commentsMuted)
          }
        ]),
    {
      words: 'Remove from show',
      isDanger: true,
      ask: {
        title: `Remove ${displayName}?`,
        text: 'They leave the show, and may come back as a listener.',
        confirm: 'Remove'
      },
      act: async () => await show.removeMember(userId, false)
    },
    {
      words: 'Ban from show',
      isDanger: true,
      ask: { title: `Ban ${displayName}?`, text: 'They can’t come back to this show.', confirm: 'Ban' },
      act: async () => await show.removeMember(userId, true)
    }
  ]
}

function speakingActs({ room }: RoomView, show: ShowRoom, userId: string, isGuest: boolean): Act[] {
  const seat = room?.stage.find(member => member.userId === userId)
  if (seat) {
    return [
      ...(seat.muted ? [] : [{ words: 'Mute', act: async () => await show.mute(userId, true) }]),
      { words: 'Take off stage', act: async () => await show.revoke(userId) }
    ]
  }
  if (room?.invited.some(invited => invited.userId === userId)) {
    return [{ words: 'Take back the invitation', act: async () => await show.revoke(userId) }]
  }
  // Inviting somebody who asks accepts them.
  const asks = room?.queue.some(entry => entry.userId === userId)
  return isGuest
    ? []
    : [{ words: asks ? 'Let them speak' : 'Invite to speak', act: async () => await show.invite(userId) }]
}
