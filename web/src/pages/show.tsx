import { lazy, useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { CodedError, Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { toCodedError } from '../errors.ts'
import { invitationToken } from '../show/invitation-token.ts'
import { findOpenRoom } from '../show/enter-show.ts'
import { LiveShow } from '../show/live-show.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'

// Loaded on demand; a listener of a live show loads none of them.
const GreenRoom = lazy(async () => ({ default: (await import('../host/green-room.tsx')).GreenRoom }))
const WaitingRoom = lazy(async () => ({ default: (await import('../show/waiting-room.tsx')).WaitingRoom }))
const InvitationPrompt = lazy(async () => ({
  default: (await import('../show/invitation-prompt.tsx')).InvitationPrompt
}))
const SharedShow = lazy(async () => ({ default: (await import('../show/shared-show.tsx')).SharedShow }))
const BackstageShow = lazy(async () => ({ default: (await import('../backstage/backstage-show.tsx')).BackstageShow }))
const EndedShow = lazy(async () => ({ default: (await import('../show/ended-show.tsx')).EndedShow }))

/** The green room opens this long before the start. */
const greenRoomMs = 1_800_000
/** The interval in which a scheduled show is loaded again while people wait for it to start. */
const pollMs = 2000

/** A show before, while and after it is live. */
export function ShowPage({ showId }: { showId: string }) {
  const user = useUser()
  const [show, setShow] = useState<Show | null>(null)
  const [error, setError] = useState<CodedError | null>(null)
  const [isReady, setIsReady] = useState(false)
  const [voice, setVoice] = useState<MediaStreamTrack | null>(null)
  const [isBackstage, setIsBackstage] = useState(() => findOpenRoom(showId) !== null)

  const load = useCallback(async () => {
    try {
      setShow(await ambient.shows.get(showId))
      setError(null)
    } catch (error) {
      setError(toCodedError(error))
    }
  }, [showId])

  useEffect(() => {
    load()
  }, [load])
  /** Shows the live show to people who were backstage. Its room has their voices already. */
  const showLive = useCallback(() => {
    setVoice(null)
    load()
  }, [load])
  // Also while the page is hidden: people who wait in another tab hear the show when it starts.
  useEffect(() => {
    if (show?.status !== 'scheduled') return
    const timer = setInterval(load, pollMs)
    return () => clearInterval(timer)
  }, [show?.status, load])

  const part = show && partOf(show, user !== null)
  const [firstPart, setFirstPart] = useState<Part | null>(null)
  useEffect(() => {
    if (part) setFirstPart(first => first ?? part)
  }, [part])
  // The button that had the focus was in the part before.
  const takesFocus = firstPart !== null && firstPart !== part

  const token = invitationToken()
  if (error?.code === 'NOT_FOUND' && token) {
    return (
      <InvitationPrompt
        showId={showId}
        token={token}
        onAccepted={accepted => {
          setError(null)
          setShow(accepted)
        }}
      />
    )
  }
  if (error?.code === 'NOT_FOUND') {
    return (
      <Notice title='Show not found'>
        {!user && (
          <p>
            A private show is only for people who were invited. If you were,{' '}
            <Link href={`/sign-in?to=/shows/${showId}`}>sign in</Link>.
          </p>
        )}
        <Link href='/'>See what’s live</Link>
      </Notice>
    )
  }
  if (!show) {
    return error ? (
      <Notice title='Can’t load this show'>
        <p>{error.message}</p>
        <AsyncButton onPress={load}>Try again</AsyncButton>
      </Notice>
    ) : (
      <Loading />
    )
  }
  if (show.status === 'ended') return <EndedShow show={show} takesFocus={takesFocus} onChange={setShow} />
  if (show.status === 'scheduled') {
    const isOwn = show.creator.id === user?.id
    if (isBackstage) {
      return <BackstageShow show={show} voice={voice} onLive={showLive} onLeft={() => setIsBackstage(false)} />
    }
    return isOwn && (isReady || startsSoon(show)) ? (
      <GreenRoom
        show={show}
        takesFocus={isReady}
        onLive={(live, track) => {
          setVoice(track)
          setShow(live)
        }}
        onBackstage={track => {
          setVoice(track)
          setIsBackstage(true)
        }}
      />
    ) : (
      <WaitingRoom
        show={show}
        {...(isOwn && { onGetReady: () => setIsReady(true) })}
        {...(user && !user.guest && !isOwn && { onBackstage: () => setIsBackstage(true) })}
      />
    )
  }
  if (!user) return <SharedShow show={show} onRefresh={load} />
  return <LiveShow show={show} voice={voice} takesFocus={takesFocus} onOver={load} />
}

/** Whether the green room is open: a show without a start time starts whenever its creator likes. */
function startsSoon({ startsAt }: Show): boolean {
  return startsAt === null || Date.parse(startsAt) - Date.now() < greenRoomMs
}

/** A part of the page: it shows another one when the show starts or ends, and when the user becomes a guest. */
type Part = 'scheduled' | 'shared' | 'live' | 'ended'

function partOf({ status }: Show, hasUser: boolean): Part {
  if (status === 'scheduled' || status === 'ended') return status
  return hasUser ? 'live' : 'shared'
}
