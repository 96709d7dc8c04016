import { audienceOf, type ShowRoom } from '../../../client/index.ts'
import { PinnedItem } from '../pins/pinned-item.tsx'
import { VotingPanels } from './voting-panels.tsx'
import type { AudienceProps } from './voting-props.ts'

/** The pin, and on the page of the show also the poll and the song requests. */
export function AudienceParts({ view, room, hasPin, isInComments = false }: AudienceProps) {
  const { pin } = view.room ?? {}
  return (
    <>
      {!isInComments && <VotingPanels view={view} room={room} />}
      {hasPin && pin && <PinnedItem key={pin.pinnedAt} view={view} room={room} pin={pin} isApart={!isInComments} />}
    </>
  )
}

/** Pins a comment above the comments of everyone in the show. */
export async function pinComment(room: ShowRoom, commentId: string): Promise<void> {
  await audienceOf(room).pinComment(commentId)
}
