import { Link } from 'wouter'
import type { ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Notice } from '../ui/notice.tsx'
import { useFocusedMain } from '../layout/use-focused-main.ts'
import { isOnAir, useRoomView } from './current-show.ts'
import type { JoinQuestion as Question } from './use-show-room.ts'

/** Asks before a show is joined that would take the user out of another show, or out of another tab. */
export function JoinQuestion({ question, onJoin }: { question: Question; onJoin: () => void }) {
  useFocusedMain()
  if (question.about === 'otherShow') return <OtherShow room={question.room} onJoin={onJoin} />
  const isOnStage = question.place === 'onStage'
  return (
    <Notice
      title={isOnStage ? 'You’re on air in another tab. Move here?' : 'You’re listening in another tab. Move here?'}
    >
      <p>
        {isOnStage ? 'You keep your place on stage, and the other tab stops.' : 'The sound stops in the other tab.'}
      </p>
      <AsyncButton variant='primary' onPress={onJoin}>
        Move here
      </AsyncButton>
      <Link href='/'>See what’s live</Link>
    </Notice>
  )
}

function OtherShow({ room, onJoin }: { room: ShowRoom; onJoin: () => void }) {
  const view = useRoomView(room)
  const title = view.room?.title ?? ''
  const isCreator = view.me.role === 'creator'
  return (
    <Notice title={isOnAir(view) ? 'You’re on air in another show' : 'You’re hosting another show'}>
      <p>
        {isCreator
          ? `If you join this show, you leave “${title}”. It waits for you, and ends if you don’t come back soon.`
          : `If you join this show, you leave “${title}” and your place there.`}
      </p>
      <Link href={`/shows/${room.showId}`}>Back to {title}</Link>
      <AsyncButton variant='danger' onPress={onJoin}>
        Leave and join this show
      </AsyncButton>
    </Notice>
  )
}
