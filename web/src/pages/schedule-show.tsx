import { useCallback, useEffect, useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import type { Show, ShowDraft } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { NewCoverField, type NewCover } from '../schedule/new-cover.tsx'
import { draftLike, nextShowOf } from '../schedule/next-show.ts'
import { ShowForm } from '../schedule/show-form.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'
import styles from '../schedule/show-form.module.css'

/** Schedules a new show, or one like an earlier show of the user. */
export function ScheduleShowPage() {
  const user = useUser()
  const [, navigate] = useLocation()
  const [parameters] = useSearchParams()
  const likeId = parameters.get('like')
  const like = useOwnShow(user?.guest ? undefined : user?.id, likeId)
  if (!user || user.guest) {
    return (
      <Notice title='Schedule a show'>
        <p>Sign in to schedule your own show.</p>
        <Link href='/sign-in?to=/plan'>Sign in</Link>
      </Notice>
    )
  }
  if (like === 'loading') return <Loading />
  return <PlanForm like={like} onPlanned={navigate} />
}

interface PlanFormProps {
  like: Show | null
  onPlanned: (path: string, options?: { state: unknown }) => void
}

function PlanForm({ like, onPlanned }: PlanFormProps) {
  const [cover, setCover] = useState<NewCover>(like?.coverUrl ? { showId: like.id, url: like.coverUrl } : null)

  async function create(draft: ShowDraft) {
    const coverOf = cover && 'showId' in cover ? { coverOf: cover.showId } : {}
    const { id } = await ambient.shows.create({ ...draft, ...coverOf })
    const problem = cover instanceof File ? await tryUpload(id, cover) : null
    // The show is planned. The page that edits it says what is missing.
    if (problem) onPlanned(`/shows/${id}/edit`, { state: { coverProblem: problem } })
    else onPlanned(`/shows/${id}`)
  }

  return (
    <div className={styles.page}>
      <title>Schedule a show · Ambient</title>
      <h1>{like ? 'Plan the next one' : 'Schedule a show'}</h1>
      <ShowForm
        {...(like && { show: nextShowOf(like, Date.now()) })}
        mayRepeat
        cover={<NewCoverField cover={cover} onChange={setCover} />}
        saveLabel='Schedule show'
        onSave={async draft => await create(like ? draftLike(like, draft) : draft)}
      />
    </div>
  )
}

/** Uploads the cover of a show that was just planned. Returns the error, or null. */
async function tryUpload(showId: string, file: File): Promise<string | null> {
  try {
    await ambient.shows.setCover(showId, file)
    return null
  } catch (error) {
    return errorMessage(error)
  }
}

/** Loads one of the user's own shows; null without an id, for a show of somebody else, and when it cannot be loaded. */
function useOwnShow(userId: string | undefined, showId: string | null): Show | null | 'loading' {
  const [show, setShow] = useState<Show | null | 'loading'>(showId === null ? null : 'loading')
  const load = useCallback(async () => {
    if (showId === null) return null
    const found = await ambient.shows.get(showId)
    return found.creator.id === userId ? found : null
  }, [userId, showId])
  useEffect(() => {
    let isCurrent = true
    load()
      .catch(() => null)
      .then(found => isCurrent && setShow(found))
    return () => {
      isCurrent = false
    }
  }, [load])
  return show
}
