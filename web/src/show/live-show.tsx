import { lazy, useEffect, useState } from 'react'
import type { RoomView, Show, ShowRoom } from '../../../client/index.ts'
import { CommentAnnouncer } from '../comments/comment-announcer.tsx'
import { CommentPanel } from '../comments/comment-panel.tsx'
import { LatestComment } from '../comments/latest-comment.tsx'
import { useUnreadCount } from '../comments/use-unread-count.ts'
import { ControlBar, type Tray } from '../controls/control-bar.tsx'
import { useFocusedMain } from '../layout/use-focused-main.ts'
import { ArtistCards } from '../playlist/artist-cards.tsx'
import { ListenAlong } from '../playlist/listen-along.tsx'
import { NowPlayingCard } from '../playlist/now-playing-card.tsx'
import { PersonCards } from '../people/person-cards.tsx'
import { ShortcutKeys } from '../shortcuts/shortcut-keys.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { Loading } from '../ui/loading.tsx'
import { useEscape } from '../ui/use-escape.ts'
import { useMediaQuery, wideScreen } from '../ui/use-media-query.ts'
import { Audience } from '../voting/audience.tsx'
import { useRoomView } from './current-show.ts'
import { DeviceControls } from './device-controls.tsx'
import { FloatingReactions } from './floating-reactions.tsx'
import { ShowHeader } from './show-header.tsx'
import { StageAnnouncer } from './stage-announcer.tsx'
import { Stage } from './stage.tsx'
import { tabTitle } from './tab-title.ts'
import { useShowRoom } from './use-show-room.ts'
import styles from './live-show.module.css'

// Loaded only by hosts.
const RequestQueue = lazy(async () => ({ default: (await import('../host/request-queue.tsx')).RequestQueue }))
const PlaylistSection = lazy(async () => ({
  default: (await import('../playlist/playlist-section.tsx')).PlaylistSection
}))
const HostTools = lazy(async () => ({ default: (await import('../host/host-tools.tsx')).HostTools }))
// Loaded where nothing can be heard.
const UnsupportedBrowser = lazy(async () => ({
  default: (await import('./unsupported-browser.tsx')).UnsupportedBrowser
}))

// Loaded with the first decision of a host about the user.
const DecisionNotice = lazy(async () => ({ default: (await import('./decision-notice.tsx')).DecisionNotice }))
// Loaded when the show is over for this user.
const ClosedNotice = lazy(async () => ({ default: (await import('./closed-notice.tsx')).ClosedNotice }))
// Loaded by people who have the floor.
const LeaveQuestion = lazy(async () => ({ default: (await import('./leave-question.tsx')).LeaveQuestion }))
// Loaded by people who are in another show, or in another tab.
const JoinQuestion = lazy(async () => ({ default: (await import('./join-question.tsx')).JoinQuestion }))

interface LiveShowProps {
  show: Show
  /** The creator's voice, chosen in the green room. */
  voice: MediaStreamTrack | null
  /** Whether the page has shown something else before, with the element that had the focus. */
  takesFocus: boolean
  /** Called when the show has ended. */
  onOver: () => void
}

/** The page of a live show, for listeners and hosts. */
export function LiveShow(props: LiveShowProps) {
  const { room, question, enter, isAnswered } = useShowRoom(props.show.id)
  if (question) {
    return (
      <LazyBoundary fallback={<Loading />}>
        <JoinQuestion question={question} onJoin={enter} />
      </LazyBoundary>
    )
  }
  return room ? (
    <JoinedShow room={room} onTakeBack={enter} {...props} takesFocus={props.takesFocus || isAnswered} />
  ) : (
    <Loading />
  )
}

interface JoinedShowProps extends LiveShowProps {
  room: ShowRoom
  onTakeBack: () => void
}

function JoinedShow({ room, show, voice, takesFocus, onTakeBack, onOver }: JoinedShowProps) {
  const view = useRoomView(room)
  const isJoined = view.room !== null

  useEffect(() => {
    if (voice?.readyState === 'live' && isJoined) room.publish(voice).catch(() => {})
  }, [room, voice, isJoined])
  useEffect(() => {
    if (view.closed?.reason === 'ended') onOver()
  }, [view.closed, onOver])

  if (view.closed) {
    return (
      <LazyBoundary fallback={<Loading />}>
        <ClosedNotice closed={view.closed} onTakeBack={onTakeBack} />
      </LazyBoundary>
    )
  }
  if (!view.room) return <Loading />
  return <ShowScreen view={view} room={room} show={show} takesFocus={takesFocus} />
}

interface ShowScreenProps {
  view: RoomView
  room: ShowRoom
  show: Show
  takesFocus: boolean
}

function ShowScreen({ view, room, show, takesFocus }: ShowScreenProps) {
  useFocusedMain(takesFocus)
  const isWide = useMediaQuery(wideScreen)
  const [openTray, setOpenTray] = useState<Tray | null>(null)
  useEscape(openTray !== null, () => setOpenTray(null))
  const isSheetOpen = openTray === 'comments' && !isWide
  const unreadCount = useUnreadCount(view.comments, view.me.userId, isWide || isSheetOpen)
  const { isHost, userId, speak } = view.me
  // Loaded before the microphone is on: from then on nothing takes a person off the page without a question.
  const hasFloor = speak === 'onStage' || speak === 'granted' || speak === 'suspended'
  // One or two people are large, beside the artwork of the song.
  const isBeside = !isHost && view.room?.playback.item != null && view.room.stage.length <= 2

  return (
    <PersonCards view={view} room={room}>
      <title>{tabTitle(view)}</title>
      <div className={styles.layout}>
        <div>
          <ShowHeader view={view} room={room} show={show}>
            {isHost && (
              <LazyBoundary>
                <HostTools view={view} room={room} show={show} />
              </LazyBoundary>
            )}
          </ShowHeader>
          <Banners view={view} />
          {!view.isMediaSupported && (
            <LazyBoundary>
              <UnsupportedBrowser show={show} room={view.room} />
            </LazyBoundary>
          )}
          <div className={isBeside ? styles.beside : ''}>
            <Stage view={view} show={room} />
            <ArtistCards>
              {isHost ? (
                <LazyBoundary>
                  <PlaylistSection showId={show.id} live={{ view, room }} />
                </LazyBoundary>
              ) : (
                <NowPlayingCard view={view} />
              )}
            </ArtistCards>
          </div>
          <ListenAlong view={view} />
          <Audience view={view} room={room} hasPin={!isWide && !isSheetOpen} />
          {!isWide && <LatestComment comments={view.comments} onOpen={() => setOpenTray('comments')} />}
        </div>
        {(isWide || isHost) && (
          <div className={styles.sidebar}>
            {isHost && (
              <LazyBoundary>
                <RequestQueue view={view} show={room} />
              </LazyBoundary>
            )}
            {isWide && <CommentPanel view={view} show={room} />}
          </div>
        )}
      </div>
      {hasFloor && (
        <LazyBoundary>
          <LeaveQuestion view={view} room={room} />
        </LazyBoundary>
      )}
      {view.decision && (
        <LazyBoundary>
          <DecisionNotice decision={view.decision} />
        </LazyBoundary>
      )}
      <DeviceControls view={view} room={room} />
      <StageAnnouncer view={view} />
      <CommentAnnouncer comments={view.comments} userId={userId} />
      <FloatingReactions show={room} />
      <ShortcutKeys
        view={view}
        room={room}
        toggleTray={tray => setOpenTray(openTray === tray ? null : tray)}
        openComments={() => (isWide ? focusComposer() : setOpenTray('comments'))}
      />
      <ControlBar
        view={view}
        show={room}
        openTray={openTray}
        onOpenTray={setOpenTray}
        comments={isWide ? null : { unreadCount }}
      />
      {!isWide && isSheetOpen && <CommentPanel view={view} show={room} onClose={() => setOpenTray(null)} />}
    </PersonCards>
  )
}

/** Focuses the field for comments, which is beside the stage. */
function focusComposer(): void {
  document.querySelector<HTMLElement>('#comments textarea, #comments input')?.focus()
}

function Banners({ view: { connection, room, announcement } }: { view: RoomView }) {
  return (
    <>
      {connection === 'reconnecting' && (
        <p role='status' className={styles.banner}>
          Connection lost. Reconnecting…
        </p>
      )}
      {room?.status === 'interrupted' && (
        <p role='status' className={styles.banner}>
          The host dropped out. The show is waiting for them to come back.
        </p>
      )}
      {announcement && (
        <p role='status' className={styles.banner}>
          {announcement.text}
        </p>
      )}
    </>
  )
}
