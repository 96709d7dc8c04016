import { lazy, useCallback, useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { CodedError, type Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { Invited, invitationToken } from '../stage/invited.tsx'
import { LiveShow } from '../stage/live-show.tsx'

// Each is loaded by who sees it; who listens, loads none.
const GreenRoom = lazy(async () => ({ default: (await import('../host/green-room.tsx')).GreenRoom }))
const Waiting = lazy(async () => ({ default: (await import('../stage/waiting.tsx')).Waiting }))
const Ended = lazy(async () => ({ default: (await import('../stage/ended.tsx')).Ended }))

/** While waiting for a show to begin, it is looked up this often. */
const waitingMs = 2000

/** One show, in whatever state it is. */
export function ShowPage({ showId }: { showId: string }) {
  const user = useUser()
  const [show, setShow] = useState<Show | null>(null)
  const [fault, setFault] = useState<CodedError | null>(null)
  const [voice, setVoice] = useState<MediaStreamTrack | null>(null)

  const load = useCallback(async () => {
    try {
      setShow(await ambient.shows.get(showId))
      setFault(null)
    } catch (error) {
      setFault(error instanceof CodedError ? error : new CodedError('INTERNAL', String(error)))
    }
  }, [showId])

  useEffect(() => {
    load()
  }, [load])
  useEffect(() => {
    if (show?.status !== 'scheduled') return
    const timer = setInterval(load, waitingMs)
    return () => clearInterval(timer)
  }, [show?.status, load])

  const token = invitationToken()
  if (fault?.code === 'NOT_FOUND' && token) {
    return (
      <Invited
        showId={showId}
        token={token}
        onAccepted={accepted => {
          setFault(null)
          setShow(accepted)
        }}
      />
    )
  }
  if (fault?.code === 'NOT_FOUND') {
    return (
      <Notice title='This show is not here'>
        <Link href='/'>See what is live</Link>
      </Notice>
    )
  }
  if (!show) {
    return fault ? (
      <Notice title='The show can’t be loaded'>
        <p>{fault.message}</p>
        <Action onPress={load}>Try again</Action>
      </Notice>
    ) : (
      <Loading />
    )
  }
  if (show.status === 'ended') return <Ended show={show} />
  if (!user) return <SignInFirst showId={showId} title={show.title} />
  if (show.status === 'scheduled') {
    return show.creator.id === user.id ? (
      <GreenRoom
        show={show}
        onLive={(live, track) => {
          setVoice(track)
          setShow(live)
        }}
      />
    ) : (
      <Waiting show={show} />
    )
  }
  return <LiveShow show={show} voice={voice} onOver={load} />
}

function SignInFirst({ showId, title }: { showId: string; title: string }) {
  const [, go] = useLocation()
  return (
    <Notice title={title}>
      <p>Sign in to listen.</p>
      <Action kind='main' onPress={() => go(`/sign-in?to=${encodeURIComponent(`/shows/${showId}`)}`)}>
        Sign in
      </Action>
    </Notice>
  )
}
