import type { Actor, Command, PresentMember } from '../../../realtime/room/commands.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { everybody, profile, settingsWith } from './people.ts'
import type { Intent, MoveFate, PersonChoice, PersonGroup, RequestChoice, Sender } from './scenario.ts'

interface Profile {
  userId: string
  displayName: string
  avatarUrl: string | null
}

/** The ids and names that the outside world gives: presences of people, their profiles, producers. */
export interface Identities {
  profile(userId: string): Profile
  rename(profile: Profile): void
  latestPresenceId(userId: string): string
  previousPresenceId(userId: string): string
  /** Gives the person another presence. */
  openPresence(userId: string): void
  /** Returns an id that was not used before. */
  newId(kind: string): string
}

export function createIdentities(): Identities {
  const presenceCounts = new Map<string, number>()
  const profiles = new Map<string, Profile>()
  let idCount = 0
  // Everybody changes the node with every presence.
  const presenceId = (userId: string, n: number) => `node${((everybody.indexOf(userId) + n) % 2) + 1}_${userId}-${n}`
  const count = (userId: string) => presenceCounts.get(userId) ?? 0
  return {
    profile: userId => profiles.get(userId) ?? profile(userId),
    rename: ({ userId, displayName, avatarUrl }) => {
      profiles.set(userId, { userId, displayName, avatarUrl })
    },
    latestPresenceId: userId => presenceId(userId, count(userId)),
    previousPresenceId: userId => presenceId(userId, Math.max(0, count(userId) - 1)),
    openPresence: userId => {
      presenceCounts.set(userId, count(userId) + 1)
    },
    newId: kind => `${kind}${++idCount}`
  }
}

/** The actor of a step. Every join that is not repeated comes from a new presence. */
export function actorOf(sender: Sender, intent: Intent, state: ServerRoomState, identities: Identities): Actor {
  if (sender.kind !== 'member') return sender
  const userId = findUserId(sender.userId, state)
  if (intent.type === 'show:join' && !intent.isRepeated) identities.openPresence(userId)
  const isStale = sender.isStale && intent.type !== 'show:join'
  return {
    kind: 'member',
    ...profile(userId),
    ...identities.profile(userId),
    presenceId: isStale ? identities.previousPresenceId(userId) : identities.latestPresenceId(userId)
  }
}

/**
 * The command of a step, completed with what exists in the room now. `lost` is the room in memory before it was
 * restored from the log.
 */
export function commandOf(
  intent: Intent,
  state: ServerRoomState,
  identities: Identities,
  lost: ServerRoomState | null
): Command {
  switch (intent.type) {
    case 'restart':
      return { type: 'server:restored', present: [] }
    case 'move':
      return { type: 'server:restored', present: lost ? presentAfter(intent.fates, lost, identities) : [] }
    case 'show:join':
      return { type: 'show:join' }
    case 'server:showEdited':
      return showEdit(intent, state)
    case 'speak:answer':
      return { type: 'speak:answer', requestId: requestIdOf(intent.request, state), accept: intent.accept }
    case 'media:produced':
      return {
        type: 'media:produced',
        producerId: identities.newId('producer'),
        silent: intent.silent,
        ...(intent.muted !== null && { muted: intent.muted })
      }
    case 'server:dropped': {
      const userId = findUserId(intent.userId, state)
      const presenceId = intent.isStale ? identities.previousPresenceId(userId) : identities.latestPresenceId(userId)
      return { type: intent.type, userId, presenceId }
    }
    case 'server:producerLost':
    case 'server:overBitrate':
    case 'server:voiceHeard': {
      const userId = findUserId(intent.userId, state)
      const current = state.room.stage.find(member => member.userId === userId)?.producerId
      return { type: intent.type, userId, producerId: intent.isStale ? 'producer0' : (current ?? 'producer0') }
    }
    case 'server:playlistEdited':
      return { type: intent.type, items: intent.items, version: state.room.playlistVersion + (intent.isStale ? 0 : 1) }
    case 'playback:next': {
      const { from, ...others } = intent
      const currentId = from === 'current' ? state.room.playback.item?.id : from
      return currentId === undefined ? others : { ...others, from: currentId }
    }
    case 'server:itemEnded':
      return {
        type: intent.type,
        itemId: state.room.playback.item?.id ?? 'item1',
        at: intent.isStale ? 0 : state.room.playback.at
      }
    case 'server:recordingFailed': {
      const startedAt = state.room.recording?.startedAt ?? 0
      return { type: intent.type, reason: intent.reason, startedAt: intent.isStale ? startedAt - 1 : startedAt }
    }
    case 'server:voiceRecorded': {
      const { recorded, stale } = intent
      const userId = findUserId(intent.userId, state)
      const current = state.room.stage.find(member => member.userId === userId)?.producerId
      const startedAt = state.room.recording?.startedAt ?? 0
      return {
        type: intent.type,
        userId,
        recorded,
        startedAt: stale === 'recording' ? startedAt - 1 : startedAt,
        producerId: stale === 'voice' ? 'producer0' : (current ?? 'producer0')
      }
    }
    case 'server:jingleOver':
      return { type: intent.type, startedAt: (state.room.jingle?.startedAt ?? 0) - (intent.isStale ? 1 : 0) }
    case 'server:jingleMoved':
    case 'server:songMoved':
      return { type: intent.type, producerId: identities.newId('song') }
    case 'comment:delete':
      return { type: intent.type, authorId: intent.author === null ? null : findUserId(intent.author, state) }
    case 'comment:pin': {
      if (intent.comment === null) return { type: 'comment:pin', comment: null }
      const { id: commentId, author } = intent.comment
      const { userId, displayName, avatarUrl } = identities.profile(findUserId(author, state))
      const comment = { commentId, userId, displayName, avatarUrl, text: `Text of ${commentId}` }
      return { type: 'comment:pin', comment }
    }
    case 'poll:vote':
      return { type: intent.type, option: intent.option, pollId: pollIdOf(intent.isStale, state) }
    case 'poll:close':
    case 'poll:dismiss':
    case 'server:pollEnded':
      return { type: intent.type, pollId: pollIdOf(intent.isStale, state) }
    case 'server:commentLost': {
      const userId = findUserId(intent.userId, state)
      return { type: intent.type, userId, atMs: intent.isStale ? 0 : (state.lastComments.get(userId)?.atMs ?? 0) }
    }
    default:
      return 'userId' in intent ? { ...intent, userId: findUserId(intent.userId, state) } : intent
  }
}

function findUserId(choice: PersonChoice, { room, members, bannedIds, lastComments }: ServerRoomState): string {
  if (typeof choice === 'string') return choice
  const groups: Record<PersonGroup, string[]> = {
    stage: room.stage.map(({ userId }) => userId),
    owner: [room.ownerId ?? room.creatorId],
    queue: room.queue.map(({ userId }) => userId),
    invited: room.invited.map(({ userId }) => userId),
    away: [...members.values()].filter(({ presenceId }) => presenceId === null).map(({ userId }) => userId),
    cohosts: [...room.cohostIds],
    banned: [...bannedIds],
    commentMuted: [...room.commentMutedIds],
    commenters: [...lastComments.keys()]
  }
  const group = groups[choice.group]
  return group[choice.index % group.length] ?? choice.fallback
}

function pollIdOf(isStale: boolean, { room }: ServerRoomState): string {
  return isStale ? 'p0' : (room.poll?.pollId ?? 'p0')
}

function requestIdOf(choice: RequestChoice, { room }: ServerRoomState): string {
  return 'id' in choice ? choice.id : (room.queue[choice.queueIndex % (room.queue.length || 1)]?.requestId ?? 'r1')
}

function showEdit(intent: Extract<Intent, { type: 'server:showEdited' }>, { showVersion }: ServerRoomState): Command {
  const { title, maxSpeakers, speakRequests, comments, slowModeMs, atEnd, record, isReordered, isStale } = intent
  const { slowModeSpeakersMs, songFadeMs, songRequests, coverUrl } = intent
  const settings = settingsWith({
    maxSpeakers,
    speakRequests,
    comments,
    slowModeMs,
    atEnd,
    record,
    songFadeMs,
    songRequests,
    ...(slowModeSpeakersMs !== undefined && { slowModeSpeakersMs })
  })
  const {
    ducking: { on, levelDb },
    ...others
  } = settings
  return {
    type: 'server:showEdited',
    version: showVersion + (isStale ? 0 : 1),
    title,
    description: '',
    ...(coverUrl !== undefined && { coverUrl }),
    settings: isReordered ? { ducking: { levelDb, on }, ...others } : settings
  }
}

/** The people whom the nodes report as connected after the home has moved. */
function presentAfter(
  fates: readonly MoveFate[],
  { room, members }: ServerRoomState,
  identities: Identities
): PresentMember[] {
  return everybody.flatMap((userId, index): PresentMember[] => {
    const fate = fates[index] ?? 'lost'
    const voice = room.stage.find(member => member.userId === userId)?.producerId ?? null
    const wasPresent = typeof members.get(userId)?.presenceId === 'string'
    if (fate === 'lost' || (fate !== 'comes' && !wasPresent)) return []
    if (fate === 'comes') identities.openPresence(userId)
    const producerId =
      fate === 'other' ? identities.newId('producer') : fate === 'stays' || fate === 'twice' ? voice : null
    const person = { ...profile(userId), ...identities.profile(userId) }
    const now = { ...person, presenceId: identities.latestPresenceId(userId), producerId }
    if (fate !== 'twice') return [now]
    const earlier = { ...person, presenceId: identities.previousPresenceId(userId), producerId: null }
    // Whose voice is heard is known wherever they are in the list.
    return voice === null ? [earlier, now] : [now, earlier]
  })
}
