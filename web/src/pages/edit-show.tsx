import { useCallback, useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useHistoryState } from 'wouter/use-browser-location'
import { CodedError, type Show, type ShowDraft } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { DeleteShowButton } from '../schedule/delete-show-button.tsx'
import { repeatText } from '../schedule/repeat-text.ts'
import { ShowForm } from '../schedule/show-form.tsx'
import { StopSeriesButton } from '../schedule/stop-series-button.tsx'
import { CoverEditor } from '../schedule/cover-editor.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'
import { SwitchField } from '../ui/switch-field.tsx'
import styles from '../schedule/show-form.module.css'

/** Edits or deletes one of the user's own scheduled shows. */
export function EditShowPage({ showId }: { showId: string }) {
  const user = useUser()
  const [show, setShow] = useState<Show | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [isWholeSeries, setIsWholeSeries] = useState(false)
  const [, navigate] = useLocation()
  const coverProblem = useCoverProblem()

  const load = useCallback(async () => {
    try {
      setError(null)
      setShow(await ambient.shows.get(showId))
    } catch (error) {
      setError(errorMessage(error))
    }
  }, [showId])
  useEffect(() => {
    load()
  }, [load])

  async function save(draft: ShowDraft) {
    if (!show) return
    try {
      const { startsAt = null, repeat, ...common } = draft
      const moved = repeat && startsAt ? { repeat: { ...repeat, startsAt } } : {}
      await ambient.shows.patch(showId, { ...common, startsAt, version: show.version })
      if (show.series && isWholeSeries) await ambient.shows.patchSeries(show.series.id, { ...common, ...moved })
    } catch (error) {
      // The show was changed elsewhere. The form keeps its values, and saving again overwrites that change on purpose.
      if (error instanceof CodedError && error.code === 'CONFLICT') setShow(await ambient.shows.get(showId))
      throw error
    }
    navigate(`/shows/${showId}`)
  }

  if (error) {
    return (
      <Notice title='Can’t load this show'>
        <p>{error}</p>
        <AsyncButton onPress={load}>Try again</AsyncButton>
      </Notice>
    )
  }
  if (!show) return <Loading />
  if (show.creator.id !== user?.id || show.status !== 'scheduled') {
    return (
      <Notice title='This show can’t be edited'>
        <Link href={`/shows/${showId}`}>Go to the show</Link>
      </Notice>
    )
  }
  return (
    <div className={styles.page}>
      <title>{`${show.title} · Ambient`}</title>
      <h1>Edit show</h1>
      {coverProblem && !show.coverUrl && (
        <p role='alert' className={styles.error}>
          Your show is planned, but without its cover. {coverProblem}
        </p>
      )}
      {show.series && (
        <SwitchField
          label='Change all later shows, too'
          hint={`This show repeats ${repeatText(show.series)}.`}
          isOn={isWholeSeries}
          onChange={setIsWholeSeries}
        />
      )}
      <ShowForm
        show={show}
        mayRepeat={isWholeSeries}
        cover={<CoverEditor show={show} onChange={setShow} />}
        saveLabel='Save'
        onSave={save}
      >
        <DeleteShowButton
          show={show}
          {...(show.series && { label: 'Cancel this show' })}
          onDeleted={() => navigate('/')}
        />
        {show.series && <StopSeriesButton seriesId={show.series.id} onStopped={() => navigate('/')} />}
      </ShowForm>
    </div>
  )
}

/** Returns why the cover of a show that was just planned could not be uploaded; null otherwise. */
function useCoverProblem(): string | null {
  const state = useHistoryState<{ coverProblem?: unknown } | null>()
  return typeof state?.coverProblem === 'string' ? state.coverProblem : null
}
