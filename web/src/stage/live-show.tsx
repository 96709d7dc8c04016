import { useEffect } from 'react'
import { Link } from 'wouter'
import type { Closed, Show, ShowRoom } from '../../../client/index.ts'
import { Loading, Notice } from '../parts/notice.tsx'
import { Bar } from '../listener/bar.tsx'
import { Queue } from '../host/queue.tsx'
import { Happenings } from './happenings.tsx'
import { Stage } from './stage.tsx'
import { Top } from './top.tsx'
import { usePresence } from './use-presence.ts'
import { useShowRoom, useView } from './use-show-room.ts'
import styles from './live-show.module.css'

interface LiveShowProps {
  show: Show
  /** The creator's voice, chosen in the green room. */
  voice: MediaStreamTrack | null
  /** The show is over, or not for this person any more. */
  onOver: () => void
}

export function LiveShow (props: LiveShowProps) {
  const room = useShowRoom(props.show.id)
  return room ? <Inside room={room} {...props} /> : <Loading />
}

function Inside ({ room, show, voice, onOver }: LiveShowProps & { room: ShowRoom }) {
  const view = useView(room)
  const live = view.room !== null
  usePresence(view)

  useEffect(() => { if (voice && live) room.publish(voice).catch(() => {}) }, [room, voice, live])
  useEffect(() => { if (view.closed?.reason === 'ended') onOver() }, [view.closed, onOver])

  if (view.closed) return <Outside closed={view.closed} />
  if (!view.room) return <Loading />
  return (
    <>
      <title>{`${view.room.title} · Ambient`}</title>
      <Top view={view} startedAt={show.startedAt} />
      {view.connection === 'reconnecting' && <p role='status' className={styles.banner}>The connection is lost. Coming back…</p>}
      {view.room.status === 'interrupted' && <p role='status' className={styles.banner}>The host dropped out. The show waits for them.</p>}
      {view.announcement && <p role='status' className={styles.banner}>{view.announcement.text}</p>}
      <div className={view.me.isHost ? styles.hosting : undefined}>
        <Stage view={view} show={room} />
        {view.me.isHost && <Queue view={view} show={room} />}
      </div>
      <Happenings view={view} />
      <Bar view={view} show={room} />
    </>
  )
}

function Outside ({ closed }: { closed: Closed }) {
  const words = {
    left: ['You left the show', 'Come back any time.'],
    replaced: ['You are listening somewhere else', 'The show moved to another tab or device of yours.'],
    signedOut: ['You are signed out', 'Sign in again to come back.'],
    removed: ['You were removed from the show', closed.reason === 'removed' && closed.ban ? 'The host does not want you back in this one.' : 'You may come back as a listener.'],
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
