import { seatsTaken } from '../../../contract/room.ts'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import type { MenuAction } from '../menu/menu-action.ts'

/**
 * Returns the actions of a host for a member in the current state of the show; none for a user who is not a host.
 * Actions that make a person leave the show ask for confirmation.
 */
export function memberActions(
  view: RoomView,
  show: ShowRoom,
  { userId, displayName, isGuest = false }: { userId: string; displayName: string; isGuest?: boolean }
): MenuAction[] {
  const { room, me } = view
  if (!room || !me.isHost || userId === me.userId || userId === room.creatorId) {
    return mayHandOver(view, userId) ? [handOver(show, { userId, displayName })] : []
  }
  const isCohost = room.cohostIds.includes(userId)
  if (isCohost && me.role !== 'creator') return []
  if (userId === room.ownerId) return []
  // Roles and removals backstage are those of the invitations.
  if (room.status === 'scheduled') return speakingActions(view, show, userId, isGuest)
  const isCommentMuted = room.commentMutedIds.includes(userId)
  return [
    ...speakingActions(view, show, userId, isGuest),
    ...(me.role === 'creator' && !isGuest
      ? [
          {
            label: isCohost ? 'Remove as co-host' : 'Make co-host',
            run: async () => await show.setCohost(userId, !isCohost)
          }
        ]
      : []),
    ...(isCohost ? [handOver(show, { userId, displayName })] : []),
    ...(isGuest
      ? []
      : [
          {
            label: isCommentMuted ? 'Unmute comments' : 'Mute comments',
            run: async () => await show.muteComments(userId, !isCommentMuted)
          }
        ]),
    {
      label: 'Remove from show',
      isDestructive: true,
      confirmation: {
        title: `Remove ${displayName}?`,
        text: 'They’ll leave the show, but can come back as a listener.',
        confirmLabel: 'Remove'
      },
      run: async () => await show.removeMember(userId, false)
    },
    {
      label: 'Ban from show',
      isDestructive: true,
      confirmation: {
        title: `Ban ${displayName}?`,
        text: 'They won’t be able to come back to this show.',
        confirmLabel: 'Ban'
      },
      run: async () => await show.removeMember(userId, true)
    }
  ]
}

/** Whether the user may hand the show back to its creator, on whom no host can do anything else. */
function mayHandOver({ room, me }: RoomView, userId: string): boolean {
  return me.role === 'creator' && userId !== me.userId && userId === room?.creatorId
}

function handOver(show: ShowRoom, { userId, displayName }: { userId: string; displayName: string }): MenuAction {
  return {
    label: 'Hand over the show',
    confirmation: {
      title: `Hand over to ${displayName}?`,
      text: 'They run the show until its end, and you become a co-host. You can leave, and the show goes on.',
      confirmLabel: 'Hand over'
    },
    run: async () => await show.handOver(userId)
  }
}

/** Whether nobody else fits on stage. */
export function isStageFull(room: NonNullable<RoomView['room']>): boolean {
  return seatsTaken(room) >= room.settings.maxSpeakers
}

function speakingActions({ room }: RoomView, show: ShowRoom, userId: string, isGuest: boolean): MenuAction[] {
  const stageMember = room?.stage.find(member => member.userId === userId)
  if (stageMember) {
    return [
      ...(stageMember.muted ? [] : [{ label: 'Mute', run: async () => await show.mute(userId, true) }]),
      { label: 'Move to audience', run: async () => await show.revoke(userId) }
    ]
  }
  if (room?.invited.some(invited => invited.userId === userId)) {
    return [{ label: 'Withdraw invitation', run: async () => await show.revoke(userId) }]
  }
  // Inviting someone who has requested to speak accepts their request.
  const hasRequested = room?.queue.some(entry => entry.userId === userId)
  return isGuest
    ? []
    : [
        {
          label: hasRequested ? 'Accept request' : 'Invite to speak',
          isDisabled: room ? isStageFull(room) : false,
          run: async () => await show.invite(userId)
        }
      ]
}
