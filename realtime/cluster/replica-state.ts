import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable'
import { nobodyInvited, type Backstage, type Member, type ServerRoomState } from '../room/server-room-state.ts'
import { noBallots } from '../room/votes.ts'

/**
 * A room's state as it crosses to another node: without past visitors, comment times and votes, which only the home
 * needs.
 */
export interface ReplicaState extends Pick<
  ServerRoomState,
  'room' | 'limits' | 'showVersion' | 'requestCount' | 'playlist' | 'listenerCount'
> {
  readonly bannedIds: readonly string[]
  readonly members: readonly Member[]
  /** Missing from a home of an earlier build. */
  readonly backstage?: Backstage
}

export function toReplicaState({
  visitorIds: _v,
  lastComments: _c,
  ballots: _b,
  bannedIds,
  members,
  ...rest
}: ServerRoomState) {
  return { ...rest, bannedIds: [...bannedIds], members: [...members.values()] } satisfies ReplicaState
}

export function fromReplicaState({
  bannedIds,
  members,
  backstage = nobodyInvited,
  ...rest
}: ReplicaState): ServerRoomState {
  return {
    ...rest,
    backstage,
    bannedIds: ImmutableSet(bannedIds),
    members: ImmutableMap(members.map(member => [member.userId, member])),
    visitorIds: ImmutableSet(),
    lastComments: ImmutableMap(),
    ballots: noBallots
  }
}
