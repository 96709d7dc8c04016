import type { PlaylistItem } from '../../../contract/playback.ts'
import type { Command } from '../../../realtime/room/commands.ts'

/** A group of people in the room at the time of a step. */
export type PersonGroup =
  'stage' | 'owner' | 'queue' | 'invited' | 'away' | 'cohosts' | 'banned' | 'commentMuted' | 'commenters'

/** A person by id, or one of a group at the time of the step; `fallback` when the group is empty. */
export type PersonChoice = string | { group: PersonGroup; index: number; fallback: string }

/**
 * The sender of a command. A member sends it through a socket (`isStale`: one that was replaced or has left), a user
 * over REST; the server itself is the system.
 */
export type Sender =
  | { kind: 'member'; userId: PersonChoice; isStale: boolean }
  | { kind: 'user'; userId: string }
  | { kind: 'operator'; userId: string }
  | { kind: 'system' }

type WithPersonChoice<C> = C extends { userId: string } ? Omit<C, 'userId'> & { userId: PersonChoice } : C

/** Commands that refer to something created during the show; the runner completes them at the time of the step. */
type CompletedLater =
  | 'show:join'
  | 'server:showEdited'
  | 'speak:answer'
  | 'media:produced'
  | 'server:dropped'
  | 'server:producerLost'
  | 'server:overBitrate'
  | 'server:voiceHeard'
  | 'server:restored'
  | 'comment:delete'
  | 'comment:pin'
  | 'poll:vote'
  | 'poll:close'
  | 'poll:dismiss'
  | 'server:pollEnded'
  | 'server:commentLost'
  | 'server:playlistEdited'
  | 'server:itemEnded'
  | 'server:songMoved'
  | 'server:jingleMoved'
  | 'server:jingleOver'
  | 'server:recordingFailed'
  | 'server:voiceRecorded'

/** The speak request to answer: one in the queue, or one by its id. */
export type RequestChoice = { queueIndex: number } | { id: string }

/**
 * The fate of a person while the home moves; of everybody, in order. They stay connected, with their producer
 * (`stays`), without (`quiet`) or with another one (`other`). Their connection is lost (`lost`). The nodes report an
 * earlier presence of theirs, too (`twice`). They connect, whether they were in the show or not (`comes`).
 */
export type MoveFate = 'stays' | 'quiet' | 'other' | 'lost' | 'twice' | 'comes'

/** A command before the runner knows the state it meets. */
export type Intent =
  | WithPersonChoice<Exclude<Command, { type: CompletedLater }>>
  /** `isRepeated`: from the socket that joined last. */
  | { type: 'show:join'; isRepeated: boolean }
  | {
      type: 'server:showEdited'
      title: string
      /** Undefined: an edit that a node of an earlier build forwards. */
      coverUrl: string | null | undefined
      maxSpeakers: number
      speakRequests: 'open' | 'closed'
      comments: 'open' | 'closed'
      slowModeMs: number
      slowModeSpeakersMs: number | undefined
      atEnd: 'stop' | 'repeat'
      record: boolean
      songFadeMs: number
      songRequests: 'open' | 'closed'
      /** Sends the keys of the settings in another order. */
      isReordered: boolean
      /** Of a version that the room has already. */
      isStale: boolean
    }
  /** `isStale`: of a version that the room has already. */
  | { type: 'server:playlistEdited'; items: PlaylistItem[]; isStale: boolean }
  /** `isStale`: about an earlier playback of the item. */
  | { type: 'server:itemEnded'; isStale: boolean }
  | { type: 'server:songMoved' }
  | { type: 'server:jingleMoved' }
  /** `isStale`: about an earlier jingle. */
  | { type: 'server:jingleOver'; isStale: boolean }
  /** `isStale`: about an earlier recording. */
  | { type: 'server:recordingFailed'; reason: 'full' | 'quota'; isStale: boolean }
  /** `stale`: about an earlier recording or voice. */
  | { type: 'server:voiceRecorded'; userId: PersonChoice; recorded: boolean; stale: 'recording' | 'voice' | null }
  | { type: 'speak:answer'; request: RequestChoice; accept: boolean }
  | { type: 'media:produced'; muted: boolean | null; silent: boolean }
  | { type: 'server:dropped'; userId: PersonChoice; isStale: boolean }
  | { type: 'server:producerLost'; userId: PersonChoice; isStale: boolean }
  | { type: 'server:overBitrate'; userId: PersonChoice; isStale: boolean }
  | { type: 'server:voiceHeard'; userId: PersonChoice; isStale: boolean }
  /** `author` is null for a comment that does not exist. */
  | { type: 'comment:delete'; author: PersonChoice | null }
  | { type: 'comment:pin'; comment: { id: string; author: PersonChoice } | null }
  /** `isStale`: about an earlier poll. */
  | { type: 'poll:vote'; option: number; isStale: boolean }
  | { type: 'poll:close' | 'poll:dismiss' | 'server:pollEnded'; isStale: boolean }
  /** `isStale`: about a comment before their last. */
  | { type: 'server:commentLost'; userId: PersonChoice; isStale: boolean }
  /** The server crashes and starts again: it restores the room from the log and sends `server:restored`. */
  | { type: 'restart' }
  /** The home of the show moves to another node, which restores the room. The people are there as their fates say. */
  | { type: 'move'; fates: readonly MoveFate[] }

/** One step of a scenario: the clock advances, then a command is sent. */
export interface ScenarioStep {
  waitMs: number
  sender: Sender
  intent: Intent
}

/** A whole show. */
export interface Scenario {
  maxSpeakers: number
  /** The setting with which the show starts. */
  record: boolean
  steps: ScenarioStep[]
}
