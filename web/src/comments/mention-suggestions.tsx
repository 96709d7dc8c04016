import { useEffect, useId, useState, type KeyboardEvent, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import { maxMentions } from '../../../contract/comments.ts'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { formatCounted } from '../format/count.ts'
import { isComposing } from '../ui/is-composing.ts'
import type { MentionDraft } from './mention-draft.ts'
import { matchingPeople, queryAt, useKnownPeople } from './mention-people.ts'
import styles from './mention-suggestions.module.css'

interface MentionSuggestionsProps {
  view: RoomView
  show: ShowRoom
  text: string
  field: RefObject<HTMLTextAreaElement | null>
  draft: RefObject<MentionDraft>
  onChange: (text: string) => void
}

/**
 * People in the show whose names complete the `@` before the cursor. The arrow keys, Enter and Tab choose, Escape
 * closes the list; the focus stays in the field.
 */
export function MentionSuggestions({ view, show, text, field, draft, onChange }: MentionSuggestionsProps) {
  const listId = useId()
  const people = useKnownPeople(view, show.showId)
  const [active, setActive] = useState(0)
  const [closedFor, setClosedFor] = useState<string | null>(null)
  const caret = field.current?.selectionStart ?? text.length
  const query = queryAt(text, caret)
  const found = query === null || closedFor === text ? [] : matchingPeople(people, query.name)
  const index = Math.min(active, found.length - 1)

  function choose(place: number) {
    const person = found[place]
    if (!person || !query) return
    const before = `${text.slice(0, query.from)}@${person.displayName} `
    const { chosen } = draft.current
    const others = chosen.filter(({ userId }) => userId !== person.id)
    draft.current.chosen = [...others, { userId: person.id, name: person.displayName }].slice(-maxMentions)
    const completed = before + text.slice(caret).trimStart()
    // At once: in the next frame, the cursor would move away from what was typed until then.
    flushSync(() => {
      setClosedFor(completed)
      onChange(completed)
      setActive(0)
    })
    field.current?.focus()
    field.current?.setSelectionRange(before.length, before.length)
  }

  function onKey(event: KeyboardEvent): boolean {
    if (found.length === 0 || isComposing(event.nativeEvent)) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setActive((index + step + found.length) % found.length)
    else if (event.key === 'Enter' || event.key === 'Tab') choose(index)
    else if (event.key === 'Escape') setClosedFor(text)
    else return false
    event.preventDefault()
    return true
  }

  useEffect(() => {
    const { current } = draft
    current.onKey = onKey
    const input = field.current
    const optionId = found.length > 0 ? `${listId}-${index}` : null
    setAttribute(input, 'aria-activedescendant', optionId)
    setAttribute(input, 'aria-controls', optionId && listId)
    return () => {
      current.onKey = null
      setAttribute(input, 'aria-activedescendant', null)
      setAttribute(input, 'aria-controls', null)
    }
  })

  return (
    <>
      <p className='visually-hidden' role='status'>
        {found.length > 0 && `${formatCounted(found.length, 'name', 'names')}. Arrow keys choose`}
      </p>
      {found.length > 0 && (
        <ul id={listId} className={styles.list} role='listbox' aria-label='People to mention'>
          {found.map(({ id, displayName }, place) => (
            <li
              key={id}
              id={`${listId}-${place}`}
              className={styles.option}
              role='option'
              aria-selected={place === index}
              // The field keeps the focus, and a phone its keyboard.
              onPointerDown={event => event.preventDefault()}
              onClick={() => choose(place)}
            >
              {displayName}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function setAttribute(element: HTMLElement | null, name: string, value: string | null): void {
  if (value === null) element?.removeAttribute(name)
  else element?.setAttribute(name, value)
}
