import { lazy, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { CloseReason, RoomView, Show, ShowRoom } from '../../../client/index.ts'
import { Later } from '../parts/later.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { Announcer } from '../comments/announcer.tsx'
import { Comments } from '../comments/comments.tsx'
import { LatestComment } from '../comments/latest-comment.tsx'
import { useUnread } from '../comments/use-unread.ts'
import { Bar } from '../listener/bar.tsx'
import { NowPlaying } from '../playlist/now-playing.tsx'
import { PlayAlong } from '../playlist/play-along.tsx'
import { useMediaSession } from '../playlist/use-media-session.ts'
import { FloatingReactions } from './floating-reactions.tsx'
import { Happenings } from './happenings.tsx'
import { Stage } from './stage.tsx'
import { Top } from './top.tsx'
import { useMediaQuery, wideScreen } from './use-media-query.ts'
import { usePresence } from './use-presence.ts'
import { useShowRoom, useView } from './use-show-room.ts'
import styles from './live-show.module.css'

// Hosts' own; a listener does not load them.
const Queue = lazy(async () => ({ default: (await import('../host/queue.tsx')).Queue }))
const PlaylistSection = lazy(async () => ({
  default: (await import('../playlist/playlist-section.tsx')).PlaylistSection
}))
const HostTools = lazy(async () => ({ default: (await import('../host/host-tools.tsx')).HostTools }))

interface LiveShowProps {
  show: Show
  /** The creator's voice, chosen in the green room. */
  voice: MediaStreamTrack | null
  /** The show is over, or not for this person any more. */
  onOver: () => void
}

export function LiveShow(props: LiveShowProps) {
  const room = useShowRoom(props.show.id)
  return room ? <Inside room={room} {...props} /> : <Loading />
}

function Inside({ room, show, voice, onOver }: LiveShowProps & { room: ShowRoom }) {
  const view = useView(room)
  const live = view.room !== null
  usePresence(view)
  useMediaSession(view)

  useEffect(() => {
    if (voice && live) room.publish(voice).catch(() => {})
  }, [room, voice, live])
  useEffect(() => {
    if (view.closed?.reason === 'ended') onOver()
  }, [view.closed, onOver])

  if (view.closed) return <Outside closed={view.closed} />
  if (!view.room) return <Loading />
  return <OnAir view={view} room={room} show={show} />
}

function OnAir({ view, room, show }: { view: RoomView; room: ShowRoom; show: Show }) {
  const wide = useMediaQuery(wideScreen)
  const [sheet, setSheet] = useState(false)
  const unread = useUnread(view.comments, view.me.userId, wide || sheet)
  const { isHost, userId } = view.me

  return (
    <>
      <title>{`${view.room?.title} · Ambient`}</title>
      <div className={styles.show}>
        <div>
          <Top view={view} show={show}>
            {isHost && (
              <Later>
                <HostTools view={view} room={room} show={show} />
              </Later>
            )}
          </Top>
          <Banners view={view} />
          <Stage view={view} show={room} />
          {isHost ? (
            <Later>
              <PlaylistSection showId={show.id} live={{ view, room }} />
            </Later>
          ) : (
            <NowPlaying view={view} />
          )}
          <PlayAlong view={view} />
          {!wide && <LatestComment comments={view.comments} onOpen={() => setSheet(true)} />}
        </div>
        {(wide || isHost) && (
          <div className={styles.side}>
            {isHost && (
              <Later>
                <Queue view={view} show={room} />
              </Later>
            )}
            {wide && <Comments view={view} show={room} />}
          </div>
        )}
      </div>
      <Happenings view={view} />
      <Announcer comments={view.comments} userId={userId} />
      <FloatingReactions show={room} />
      <Bar
        view={view}
        show={room}
        comments={wide ? null : { isOpen: sheet, unread, handleToggle: () => setSheet(!sheet) }}
      />
      {!wide && sheet && <Comments view={view} show={room} onClose={() => setSheet(false)} />}
    </>
  )
}

function Banners({ view: { connection, room, announcement } }: { view: RoomView }) {
  return (
    <>
      {connection === 'reconnecting' && (
        <p role='status' className={styles.banner}>
          The connection is lost. Coming back…
        </p>
      )}
      {room?.status === 'interrupted' && (
        <p role='status' className={styles.banner}>
          The host dropped out. The show waits for them.
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

function Outside({ closed }: { closed: CloseReason }) {
  const words = {
    left: ['You left the show', 'Come back any time.'],
    replaced: ['You are listening somewhere else', 'The show moved to another tab or device of yours.'],
    signedOut: ['You are signed out', 'Sign in again to come back.'],
    removed: [
      'You were removed from the show',
      closed.reason === 'removed' && closed.ban
        ? 'The host does not want you back in this one.'
        : 'You may come back as a listener.'
    ],
    ended: ['The show is over', ''],
    refused: ['You can’t come in', closed.reason === 'refused' ? closed.message : '']
  } as const
  const [title, text] = words[closed.reason]
  return (
    <Notice title={title}>
      <p>{text}</p>
      <Link href='/'>See what is live</Link>
    </Notice>
  )
}
