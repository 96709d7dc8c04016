import type { PlaylistItem } from '../../contract/playback.ts'
import type { ShowSettings } from '../../contract/settings.ts'
import type { PlaybackCommand } from './playback.ts'

/** Who acts. A member acts through the session they joined with; `server` is the room's own clock and media. */
export type Actor =
  | { kind: 'member'; userId: string; displayName: string; avatarUrl: string | null; guest: boolean; sessionId: string }
  | { kind: 'user'; userId: string }
  | { kind: 'operator'; userId: string }
  | { kind: 'server' }

/** What a person in the show may ask; the names are the wire's. */
export type MemberCommand =
  | { type: 'show:join' }
  | { type: 'show:resync' }
  | { type: 'show:leave' }
  | { type: 'show:announce' }
  | { type: 'speak:request'; reason: string }
  | { type: 'speak:cancel' }
  | { type: 'speak:answer'; requestId: string; accept: boolean }
  | { type: 'speak:invite'; userId: string }
  | { type: 'speak:respond'; accept: boolean }
  | { type: 'speak:revoke'; userId: string }
  | { type: 'speak:stepDown' }
  | { type: 'mute:set'; userId: string; muted: boolean }
  | { type: 'cohost:set'; userId: string; cohost: boolean }
  | { type: 'comment:send' }
  /** Whose comment it is; null when there is no such comment in this show. */
  | { type: 'comment:delete'; authorId: string | null }
  | { type: 'comment:mute'; userId: string; muted: boolean }
  | { type: 'reaction:send' }
  /** May this person use the show's audio at all: asked before every `media:*` but produce. */
  | { type: 'media:use' }
  /** Asked before a producer is made. */
  | { type: 'media:produce' }
  /** Asked again once the producer stands, before anybody can hear it. */
  | { type: 'media:produced'; producerId: string; muted?: boolean }

/** What hosts do about people, from inside the show or over REST. */
export type HostCommand =
  | { type: 'member:remove'; userId: string; ban: boolean }
  | { type: 'member:unban'; userId: string }
  /** Asked before somebody is told who is in the show. */
  | { type: 'people:list' }
  /** The stored playlist was edited. */
  | { type: 'playlist:edit'; version: number; items: readonly PlaylistItem[] }

/** What comes over REST, from who owns the show or an operator. */
export type OwnerCommand =
  | { type: 'show:start' }
  | { type: 'show:edit'; title: string; description: string; settings: ShowSettings }
  | { type: 'show:end' }

/** What only the server says: clocks that ran out, connections and producers that were lost. */
export type ServerCommand =
  | { type: 'server:dropped'; userId: string; sessionId: string }
  | { type: 'server:graceOver'; userId: string }
  | { type: 'server:restored' }
  | { type: 'server:producerLost'; userId: string; producerId: string }
  | { type: 'server:overBitrate'; userId: string; producerId: string }
  /** An item that has played since `at` should have ended. */
  | { type: 'server:itemEnded'; itemId: string; at: number }
  /** The song that plays is heard from another producer. */
  | { type: 'server:songMoved'; producerId: string }
  /** Their account is gone for good: out of the show, or with it when it was theirs. */
  | { type: 'server:erased'; userId: string }
  /** They have another name or picture now. */
  | { type: 'server:renamed'; userId: string; displayName: string; avatarUrl: string | null }
  /** The comment that was accepted at `atMs` was not stored: it counts for nothing. */
  | { type: 'server:commentLost'; userId: string; atMs: number }

export type Command = MemberCommand | PlaybackCommand | HostCommand | OwnerCommand | ServerCommand
export type CommandType = Command['type']
