import { useState, type FormEvent, type ReactNode } from 'react'
import type { Show, ShowDraft } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { Choice } from '../parts/choice.tsx'
import { Field } from '../parts/field.tsx'
import { countGraphemes } from '../parts/graphemes.ts'
import { TimeField } from './time-field.tsx'
import styles from './show-form.module.css'

/** As the server measures: contract/text.ts. */
const longest = { title: 120, description: 2000 }
const visibilities = { public: 'Anybody', unlisted: 'Who has the link', private: 'Who is invited' } as const

interface ShowFormProps {
  /** What it begins with; empty for a new show. */
  show?: Show
  save: string
  onSave: (draft: ShowDraft) => Promise<unknown>
  /** More to do with the show, beside saving it. */
  children?: ReactNode
}

/** A show to come: what it is called, what it is about, when it begins, who can find it. */
export function ShowForm({ show, save, onSave, children }: ShowFormProps) {
  const [title, setTitle] = useState(show?.title ?? '')
  const [description, setDescription] = useState(show?.description ?? '')
  const [startsAt, setStartsAt] = useState(show?.startsAt ?? null)
  const [visibility, setVisibility] = useState(show?.visibility ?? 'public')
  const [fault, setFault] = useState<string | null>(null)
  const titleLength = countGraphemes(title)
  const fits = titleLength > 0 && titleLength <= longest.title && countGraphemes(description) <= longest.description

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!fits) return
    setFault(null)
    try {
      await onSave({ title, description, startsAt, visibility })
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label='Title' value={title} onChange={setTitle} limit={longest.title} isRequired />
      <Field
        label='What it is about'
        value={description}
        onChange={setDescription}
        limit={longest.description}
        lines={4}
        hint='People read it before they join.'
      />
      <TimeField value={startsAt} onChange={setStartsAt} />
      <Choice label='Who can find it' options={visibilities} value={visibility} onChange={setVisibility} />
      {fault && (
        <p role='alert' className={styles.fault}>
          {fault}
        </p>
      )}
      <div className={styles.buttons}>
        <Action kind='main' type='submit' isDisabled={!fits}>
          {save}
        </Action>
        {children}
      </div>
    </form>
  )
}
