import { useCallback, useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { CodedError, type Show, type ShowDraft } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { DeleteShow } from '../schedule/delete-show.tsx'
import { ShowForm } from '../schedule/show-form.tsx'
import styles from '../schedule/show-form.module.css'

/** A planned show of one's own, to change it or call it off. */
export function EditShowPage({ showId }: { showId: string }) {
  const user = useUser()
  const [show, setShow] = useState<Show | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [, go] = useLocation()

  const load = useCallback(async () => {
    try {
      setFault(null)
      setShow(await ambient.shows.get(showId))
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }, [showId])
  useEffect(() => {
    load()
  }, [load])

  async function save(draft: ShowDraft) {
    if (!show) return
    try {
      await ambient.shows.patch(showId, { ...draft, version: show.version })
    } catch (error) {
      // Somebody, somewhere changed it meanwhile: what is written here stays, and saving again is meant.
      if (error instanceof CodedError && error.code === 'CONFLICT') setShow(await ambient.shows.get(showId))
      throw error
    }
    go(`/shows/${showId}`)
  }

  if (fault) {
    return (
      <Notice title='The show can’t be loaded'>
        <p>{fault}</p>
        <Action onPress={load}>Try again</Action>
      </Notice>
    )
  }
  if (!show) return <Loading />
  if (show.creator.id !== user?.id || show.status !== 'scheduled') {
    return (
      <Notice title='There is nothing to change here'>
        <Link href={`/shows/${showId}`}>To the show</Link>
      </Notice>
    )
  }
  return (
    <div className={styles.page}>
      <title>{`${show.title} · Ambient`}</title>
      <h1>Change your show</h1>
      <ShowForm show={show} save='Save' onSave={save}>
        <DeleteShow show={show} onDeleted={() => go('/')} />
      </ShowForm>
    </div>
  )
}
