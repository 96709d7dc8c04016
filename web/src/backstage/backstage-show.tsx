import { lazy, useEffect } from 'react'
import type { RoomView, Show, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { LeaveButton } from '../controls/leave-button.tsx'
import { SpeakControls } from '../controls/speak-controls.tsx'
import { UnlockButton } from '../controls/unlock-button.tsx'
import { useFocusedMain } from '../layout/use-focused-main.ts'
import { PersonCards } from '../people/person-cards.tsx'
import { ClosedNotice } from '../show/closed-notice.tsx'
import { useRoomView } from '../show/current-show.ts'
import { DeviceControls } from '../show/device-controls.tsx'
import { JoinQuestion } from '../show/join-question.tsx'
import { LeaveQuestion } from '../show/leave-question.tsx'
import { StageAnnouncer } from '../show/stage-announcer.tsx'
import { Stage } from '../show/stage.tsx'
import { useShowRoom } from '../show/use-show-room.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { Loading } from '../ui/loading.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { BackstageGuestsButton } from './backstage-guests-button.tsx'
import bar from '../controls/control-bar.module.css'
import styles from './backstage-show.module.css'

const PlaylistSection = lazy(async () => ({
  default: (await import('../playlist/playlist-section.tsx')).PlaylistSection
}))

interface BackstageShowProps {
  show: Show
  /** The creator's voice, chosen in the green room. */
  voice: MediaStreamTrack | null
  /** Called when the show is live. */
  onLive: () => void
  /** Called when the user has left. */
  onLeft: () => void
}

/** The stage before the show starts, for its creator and the people whom they have invited. */
export function BackstageShow(props: BackstageShowProps) {
  const { room, question, enter } = useShowRoom(props.show.id, true)
  if (question) return <JoinQuestion question={question} onJoin={enter} />
  return room ? <JoinedBackstage room={room} onTakeBack={enter} {...props} /> : <Loading />
}

function JoinedBackstage({
  room,
  show,
  voice,
  onLive,
  onLeft,
  onTakeBack
}: BackstageShowProps & { room: ShowRoom; onTakeBack: () => void }) {
  const view = useRoomView(room)
  const isJoined = view.room !== null
  const isLive = isJoined && view.room?.status !== 'scheduled'
  useFocusedMain()
  useEffect(() => {
    if (voice?.readyState === 'live' && isJoined) room.publish(voice).catch(() => {})
  }, [room, voice, isJoined])
  useEffect(() => {
    if (isLive) onLive()
  }, [isLive, onLive])

  if (view.closed) return <ClosedNotice closed={view.closed} onTakeBack={onTakeBack} />
  if (!view.room) return <Loading />
  const { isHost, userId } = view.me
  const isCreator = userId === view.room.creatorId
  return (
    <PersonCards view={view} room={room}>
      <title>{`Backstage · ${view.room.title} · Ambient`}</title>
      <BackstageBar view={view} show={show} isCreator={isCreator} />
      <h1 className={styles.title}>{view.room.title}</h1>
      <Stage view={view} show={room} />
      {isHost && (
        <LazyBoundary fallback={<Skeleton />}>
          <PlaylistSection showId={show.id} />
        </LazyBoundary>
      )}
      <LeaveQuestion view={view} room={room} />
      <DeviceControls view={view} room={room} />
      <StageAnnouncer view={view} />
      <div className={bar.bar} role='region' aria-label='Show controls'>
        <UnlockButton view={view} show={room} />
        <span className={bar.speakControls}>
          <SpeakControls view={view} show={room} />
        </span>
        <div className={bar.commonControls}>
          <LeaveButton view={view} show={room} onLeft={onLeft} />
        </div>
      </div>
    </PersonCards>
  )
}

/** Says that nobody else hears the people here. For the creator it has the way on air. */
function BackstageBar({ view, show, isCreator }: { view: RoomView; show: Show; isCreator: boolean }) {
  return (
    <div className={styles.bar}>
      <p role='status' className={styles.text}>
        <strong>Backstage: nobody else hears you.</strong>{' '}
        {view.room?.settings.record === true && 'From the start on, the show is recorded, with your voice. '}
        {view.connection === 'reconnecting'
          ? 'Connection lost. Reconnecting…'
          : !isCreator && `The show starts when ${show.creator.displayName} goes live.`}
      </p>
      {isCreator && (
        <span className={styles.actions}>
          <BackstageGuestsButton showId={show.id} />
          <AsyncButton variant='primary' onPress={async () => await ambient.shows.start(show.id)}>
            Go live
          </AsyncButton>
        </span>
      )}
    </div>
  )
}
