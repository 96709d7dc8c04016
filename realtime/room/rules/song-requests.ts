import { maxSongRequests } from '../../../contract/song-requests.ts'
import { actorId } from '../commands.ts'
import { countRequestsOf, findSongRequest } from '../song-votes.ts'
import { isActingHost, isGuest } from './conditions.ts'
import { rule, type Rule } from './rule.ts'

/** Maximum number of songs that one person has in the list. */
export const maxRequestsPerPerson = 5

/** Permissions to request songs and to vote for them. */
export const songRequestPermissions: readonly Rule[] = [
  rule(
    'guests do not request songs',
    ['song:request', 'song:vote'],
    'FORBIDDEN',
    'Guests can listen and react; sign in to request songs.',
    (_, actor) => isGuest(actor)
  ),
  rule(
    'song requests are open when the creator says so',
    ['song:request', 'song:vote'],
    'FORBIDDEN',
    'The creator takes no song requests now.',
    (state, actor) => state.room.settings.songRequests !== 'open' && !isActingHost(state, actor)
  )
]

/** The song that a command names must exist. */
export const songRequestExistence: readonly Rule[] = [
  rule(
    'a requested song is one of the creator that is ready',
    ['song:request'],
    'NOT_FOUND',
    'There is no such song.',
    (_state, _actor, { song }) => song === null
  ),
  rule(
    'a voted or dismissed song is in the list',
    ['song:vote', 'song:dismiss'],
    'NOT_FOUND',
    'This song is not requested.',
    (state, _, { songId }) => !findSongRequest(state, songId)
  )
]

/** The list of requested songs must have room. */
export const songRequestConflicts: readonly Rule[] = [
  rule(
    'the list of requested songs has a maximum size',
    ['song:request'],
    'QUEUE_FULL',
    'The list is full; vote for a song in it.',
    (state, _, { song }) =>
      song !== null && !findSongRequest(state, song.songId) && (state.room.songRequests?.length ?? 0) >= maxSongRequests
  ),
  rule(
    'one person has a few songs in the list',
    ['song:request'],
    'QUEUE_FULL',
    `You have ${maxRequestsPerPerson} songs in the list; wait until one is played.`,
    (state, actor, { song }) =>
      song !== null &&
      !findSongRequest(state, song.songId) &&
      countRequestsOf(state, actorId(actor) ?? '') >= maxRequestsPerPerson
  )
]
