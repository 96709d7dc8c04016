import assert from 'node:assert/strict'
import { maxSongRequests } from '../../../contract/song-requests.ts'
import type { Command, MemberActor } from '../../../realtime/room/commands.ts'
import { decide, isRefusal } from '../../../realtime/room/decide.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import type { Rule } from '../../../realtime/room/rules/rule.ts'
import { maxRequestsPerPerson } from '../../../realtime/room/rules/song-requests.ts'
import { createServerRoomState, type ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { songChoice } from '../../../realtime/room/song-votes.ts'
import { withVote } from '../../../realtime/room/votes.ts'
import { creator, limits, playlistItems, profile, settingsWith, showWith } from './people.ts'

const atMs = 1_000_000
const actor: MemberActor = { kind: 'member', ...profile(creator), presenceId: 'p1' }

/** Returns a live show in which only the creator is, with some fields of its room. */
function liveShow(fields: Partial<ServerRoomState['room']>): ServerRoomState {
  const state = createServerRoomState(openingState(showWith(3), atMs), limits, playlistItems)
  return {
    ...state,
    room: { ...state.room, status: 'live', ...fields },
    members: state.members.set(creator, { ...profile(creator), presenceId: 'p1', awaySinceMs: null })
  }
}

function song(n: number) {
  return { songId: `song${n}`, title: `Song ${n}`, artist: null, artworkUrl: null, durationMs: 1000 }
}

const requested = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ requestId: `q${n}`, ...song(n), votes: 0 }))

function playing(quietForSpotify: boolean): ServerRoomState {
  const { room } = liveShow({})
  const item = playlistItems[0] ?? null
  return liveShow({
    settings: settingsWith({ quietForSpotify }),
    playback: { ...room.playback, status: 'playing', item }
  })
}

/** Returns a show with a list of songs, of which the creator has requested some. */
function withOwnRequests(count: number): ServerRoomState {
  const state = liveShow({ songRequests: requested(maxRequestsPerPerson) })
  const ballots = requested(count).reduce(
    (before, { requestId: ballotId }) =>
      withVote(before, { type: 'vote:cast', ballotId, userId: creator, choice: songChoice.requested }),
    state.ballots
  )
  return { ...state, ballots }
}

const jingle: Command = { type: 'jingle:play', songId: 'jingle1' }
const request: Command = { type: 'song:request', song: song(maxSongRequests) }

/** States that random shows do not reach, with a command and the error that it gets; null where it is accepted. */
const cases: readonly [ServerRoomState, Command, string | null][] = [
  [playing(false), jingle, null],
  [playing(true), jingle, 'CONFLICT'],
  [liveShow({ songRequests: requested(maxSongRequests - 1) }), request, null],
  [liveShow({ songRequests: requested(maxSongRequests) }), request, 'QUEUE_FULL'],
  [withOwnRequests(maxRequestsPerPerson - 1), request, null],
  [withOwnRequests(maxRequestsPerPerson), request, 'QUEUE_FULL']
]

/** Holds the rules about states that random shows do not reach. */
export const rareStates = {
  name: 'full lists, and shows that are quiet for Spotify, refuse what they cannot take',
  holds(_scenario: unknown, rules: readonly Rule[]): void {
    for (const [state, command, code] of cases) {
      const decision = decide(state, actor, command, atMs, rules)
      assert.equal(isRefusal(decision) ? decision.code : null, code, command.type)
    }
  }
}
