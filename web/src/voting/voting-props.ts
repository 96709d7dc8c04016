import type { RoomView, ShowRoom } from '../../../client/index.ts'

/** Properties of what shows polls and song requests. */
export interface VotingProps {
  view: RoomView
  room: ShowRoom
}

export interface AudienceProps extends VotingProps {
  /** Whether the pin is shown here. */
  hasPin: boolean
  /** Whether this is in the comments, where only the pin is shown. */
  isInComments?: boolean
}
