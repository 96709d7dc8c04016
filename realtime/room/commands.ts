import type { ListenerSource } from '../../contract/audience-events.ts'
import type { BackstageGuest } from '../../contract/backstage.ts'
import type { PinnableComment } from '../../contract/pins.ts'
import type { PlaylistItem } from '../../contract/playback.ts'
import type { PollDraft } from '../../contract/polls.ts'
import type { RecordingEnd } from '../../contract/recordings.ts'
import type { ShowSettings } from '../../contract/settings.ts'
import type { RequestableSong } from '../../contract/song-requests.ts'

/**
 * The actor of a command. A member acts through the presence they joined with, a user over REST. The system is the
 * server itself: its clocks, its media, its stored documents.
 */
export type Actor =
  | {
      kind: 'member'
      userId: string
      displayName: string
      avatarUrl: string | null
      guest: boolean
      presenceId: string
    }
  | { kind: 'user'; userId: string }
  | { kind: 'operator'; userId: string }
  | { kind: 'system' }

export type MemberActor = Extract<Actor, { kind: 'member' }>

/** Commands of people in the show. The names are those on the wire. */
export type MemberCommand =
  /** `backstage`: they mean to come before the start. Clients and nodes of earlier builds never do. */
  | { type: 'show:join'; source?: ListenerSource; backstage?: boolean }
  | { type: 'show:resync' }
  | { type: 'show:leave' }
  | { type: 'show:announce' }
  | { type: 'speak:request'; reason: string }
  | { type: 'speak:cancel' }
  | { type: 'speak:answer'; requestId: string; accept: boolean }
  /** Rejects the requests that wait; `upTo`: only this one and those before it. */
  | { type: 'speak:rejectAll'; upTo?: string }
  | { type: 'speak:invite'; userId: string }
  | { type: 'speak:respond'; accept: boolean }
  | { type: 'speak:revoke'; userId: string }
  | { type: 'speak:stepDown' }
  | { type: 'mute:set'; userId: string; muted: boolean }
  /** Mutes everybody on stage except hosts. */
  | { type: 'mute:all' }
  | { type: 'cohost:set'; userId: string; cohost: boolean }
  | { type: 'show:handOver'; userId: string }
  | { type: 'comment:send' }
  /** `authorId` is null when the show has no such comment. */
  | { type: 'comment:delete'; authorId: string | null }
  | { type: 'comment:mute'; userId: string; muted: boolean }
  /** Checked before a member gets the comments that wait: hosts all of them, others their own. */
  | { type: 'comments:held' }
  /** Checked before a comment that waits is published or declined. */
  | { type: 'comment:answer' }
  /** `comment` is null when the show has no such comment. */
  | { type: 'comment:pin'; comment: PinnableComment | null }
  | { type: 'link:pin'; url: string; text: string }
  | { type: 'pin:remove' }
  | ({ type: 'poll:open' } & PollDraft)
  | { type: 'poll:vote'; pollId: string; option: number }
  | { type: 'poll:close'; pollId: string }
  | { type: 'poll:dismiss'; pollId: string }
  /** `song` is null when the creator has no such song that is ready. */
  | { type: 'song:request'; song: RequestableSong | null }
  | { type: 'song:vote'; songId: string; on: boolean }
  | { type: 'song:dismiss'; songId: string }
  /** Checked before a member gets their own votes. */
  | { type: 'votes:mine' }
  | { type: 'reaction:send' }
  | { type: 'recording:set'; on: boolean }
  /** Checked before the other hosts learn what a host edits. */
  | { type: 'playlist:editing' }
  /** Checked before every `media:*` event except `media:produce`. */
  | { type: 'media:use' }
  /** Checked before a producer is created. */
  | { type: 'media:produce' }
  /** Checked again when the producer exists, before it can be heard. `silent`: it has sent no packet yet. */
  | { type: 'media:produced'; producerId: string; muted?: boolean; silent?: boolean }

/** Commands of hosts to the player. The names are those on the wire. `fadeMs`: absent means the setting of the show. */
export type PlaybackCommand =
  /** Without fields it resumes, or starts the playlist; `positionMs` alone seeks. */
  | { type: 'playback:play'; itemId?: string; positionMs?: number; fadeMs?: number }
  /** `from` is the item the sender saw playing. */
  | { type: 'playback:next'; from?: string; fadeMs?: number }
  | { type: 'playback:pause'; fadeMs?: number }
  | { type: 'playback:stop'; fadeMs?: number }

/** Commands of hosts beside the player: how songs sound, and jingles. The names are those on the wire. */
export type SongSoundCommand =
  | { type: 'playback:level'; levelDb: number }
  /** Plays a jingle of the creator over song and voices. */
  | { type: 'jingle:play'; songId: string }

/** Commands of hosts about people, from inside the show or over REST. */
export type HostCommand =
  | { type: 'member:remove'; userId: string; ban: boolean }
  | { type: 'member:unban'; userId: string }
  /** Checked before the list of members is shown. */
  | { type: 'people:list' }

/** Checked over REST before the list of people is shown to those in the show. */
export type PeopleCommand = { type: 'people:see' }

/** Commands of the owner of the room or an operator, over REST. The show is started by its creator. */
export type OwnerCommand = { type: 'show:start' } | { type: 'show:end' }

/** A person who is connected while the home of their show moves, and the producer of their voice if it is alive. */
export interface PresentMember {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly guest: boolean
  readonly presenceId: string
  readonly producerId: string | null
}

/** Commands of the system: expired clocks, lost connections and producers, changed documents and accounts. */
export type SystemCommand =
  | { type: 'server:dropped'; userId: string; presenceId: string }
  | { type: 'server:graceOver'; userId: string }
  /** All presences on a node are lost. */
  | { type: 'server:nodeLost'; nodeId: string }
  /**
   * The room was read from its log. `present` are the people who are connected, since only the home of the show has
   * moved; none after a restart. Of several presences of a person, the one with their voice counts, or else the last.
   */
  | { type: 'server:restored'; present: readonly PresentMember[] }
  /** The stored show was edited; `version` is that of the document. */
  | {
      type: 'server:showEdited'
      version: number
      title: string
      description: string
      /** Missing in an edit that a node of an earlier build forwards. */
      tags?: readonly string[]
      /** Null: none. Missing in an edit that a node of an earlier build forwards. */
      coverUrl?: string | null
      settings: ShowSettings
    }
  /** The creator has invited people backstage, or not any more; `version` counts these changes. */
  | { type: 'server:backstageEdited'; version: number; guests: readonly BackstageGuest[] }
  /** The planned show is about to be deleted. */
  | { type: 'server:showDeleted' }
  /** The stored playlist was edited; `version` is that of the document. */
  | { type: 'server:playlistEdited'; version: number; items: readonly PlaylistItem[] }
  | { type: 'server:producerLost'; userId: string; producerId: string }
  | { type: 'server:overBitrate'; userId: string; producerId: string }
  /** The first packet of the producer has arrived. */
  | { type: 'server:voiceHeard'; userId: string; producerId: string }
  /** The item that has played since `at` should have ended, or faded out. */
  | { type: 'server:itemEnded'; itemId: string; at: number }
  /** The song that plays comes from another producer. */
  | { type: 'server:songMoved'; producerId: string }
  /** The jingle that started at this time, and its producer, are not needed any more. */
  | { type: 'server:jingleOver'; startedAt: number }
  /** Jingles come from another producer. */
  | { type: 'server:jingleMoved'; producerId: string }
  /** The recording that began at this time cannot go on. */
  | { type: 'server:recordingFailed'; startedAt: number; reason: Exclude<RecordingEnd, 'host'> }
  /** The voice of this producer is recorded again, or cannot be, in the recording that began at this time. */
  | { type: 'server:voiceRecorded'; startedAt: number; userId: string; producerId: string; recorded: boolean }
  /** The account is being erased. */
  | { type: 'server:erased'; userId: string }
  /** The person has another name or picture. */
  | { type: 'server:renamed'; userId: string; displayName: string; avatarUrl: string | null }
  /** The comment accepted at `atMs` could not be stored, so it does not count. */
  | { type: 'server:commentLost'; userId: string; atMs: number }
  /** A comment that waited is published now. */
  | { type: 'server:commentApproved'; userId: string }
  | { type: 'server:commentsDeleted'; commentIds: readonly string[] }
  /** The creator has deleted a song. */
  | { type: 'server:songRemoved'; songId: string }
  /** The time of the poll should be over. */
  | { type: 'server:pollEnded'; pollId: string }
  /** Members have voted since the votes were counted. */
  | { type: 'server:countVotes' }

export type Command =
  MemberCommand | PlaybackCommand | SongSoundCommand | HostCommand | PeopleCommand | OwnerCommand | SystemCommand
export type CommandType = Command['type']
/** The command of each type. */
export type CommandMap = { readonly [C in Command as C['type']]: C }

/** Whether a command may start another song. */
export function changesPlayback({ type }: Command): boolean {
  return (type.startsWith('playback:') && type !== 'playback:level') || type === 'server:itemEnded'
}

/** The id of the person who acts; null for the system. */
export function actorId(actor: Actor): string | null {
  return actor.kind === 'system' ? null : actor.userId
}
