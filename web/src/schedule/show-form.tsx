import { useState, type ReactNode } from 'react'
import type { Show, ShowDraft, ShowSettingsPatch } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { SelectField } from '../ui/select-field.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { BroadcastSwitches } from '../recording/broadcast-switches.tsx'
import { RepeatField } from './repeat-field.tsx'
import { choiceOf, ruleOf, type RepeatChoice } from './repeat-text.ts'
import { StartTimeField } from './start-time-field.tsx'
import { TagsField } from './tags-field.tsx'
import { maxTopicLength, topicFits } from './topic-limits.ts'
import styles from './show-form.module.css'

const visibilities = { public: 'Everyone', unlisted: 'Anyone with the link', private: 'Only people I invite' } as const

interface ShowFormProps {
  /** The show to edit; absent for a new show. */
  show?: Show
  /** Whether the form offers to repeat the show. The draft of a show that repeats has `repeat` if that was changed. */
  mayRepeat?: boolean
  /** Chooses the cover. */
  cover: ReactNode
  saveLabel: string
  onSave: (draft: ShowDraft) => Promise<unknown>
  /** Further buttons beside the save button. */
  children?: ReactNode
}

/** The form of a scheduled show: title, description, start time, visibility, recording and stream. */
export function ShowForm({ show, mayRepeat = false, cover, saveLabel, onSave, children }: ShowFormProps) {
  const [title, setTitle] = useState(show?.title ?? '')
  const [description, setDescription] = useState(show?.description ?? '')
  const [tags, setTags] = useState<string[]>(show?.tags ?? [])
  const repeated = show?.series ? choiceOf(show.series) : 'never'
  const [repeats, setRepeats] = useState<RepeatChoice>(repeated)
  const [startsAt, setStartsAt] = useState(show?.startsAt ?? null)
  const [visibility, setVisibility] = useState(show?.visibility ?? 'public')
  const [settings, setSettings] = useState<ShowSettingsPatch>({
    record: show?.settings.record ?? false,
    program: show?.settings.program ?? false
  })
  const fits = topicFits({ title, description, tags })

  const { error, submit } = useSubmit(async () => {
    if (!fits) return
    const hasNewDates = startsAt !== (show?.startsAt ?? null) || repeats !== repeated
    const rule = mayRepeat && startsAt && hasNewDates ? ruleOf(repeats, startsAt) : null
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    await onSave({
      title,
      description,
      tags,
      startsAt,
      visibility,
      settings,
      ...(rule !== null && { repeat: { rule, timeZone } })
    })
  })

  return (
    <form className={styles.form} onSubmit={submit}>
      <div role='group' aria-label='Cover'>
        {cover}
      </div>
      <TextField label='Title' value={title} onChange={setTitle} limit={maxTopicLength.title} isRequired />
      <TextField
        label='Description'
        value={description}
        onChange={setDescription}
        limit={maxTopicLength.description}
        lines={4}
        hint='People read this before they join.'
      />
      <TagsField tags={tags} onChange={setTags} />
      <StartTimeField value={startsAt} onChange={setStartsAt} />
      {mayRepeat && startsAt && (
        <RepeatField startsAt={startsAt} value={repeats} onChange={setRepeats} isSeries={show?.series !== undefined} />
      )}
      <SelectField label='Who can find it' options={visibilities} value={visibility} onChange={setVisibility} />
      <BroadcastSwitches
        settings={settings}
        isPublic={visibility === 'public'}
        onChange={change => setSettings({ ...settings, ...change })}
      />
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
      <div className={styles.buttons}>
        <AsyncButton variant='primary' type='submit' isDisabled={!fits}>
          {saveLabel}
        </AsyncButton>
        {children}
      </div>
    </form>
  )
}
