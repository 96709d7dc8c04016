import { useEffect, useState } from 'react'
import type { Person, RoomView } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { searchable } from '../format/searchable.ts'

const maxSuggestions = 6
/** Longer texts behind an `@` are no name any more. */
const maxQueryLength = 40

/** The `@` before the cursor and the beginning of a name behind it; null without one. */
export function queryAt(text: string, caret: number): { from: number; name: string } | null {
  const from = text.lastIndexOf('@', caret - 1)
  if (from < 0 || (from > 0 && !/\s/.test(text.charAt(from - 1)))) return null
  const name = text.slice(from + 1, caret)
  return name.length > maxQueryLength || name.includes('\n') ? null : { from, name }
}

/** Returns the first people of whom a word of the name begins with a text. */
export function matchingPeople(people: readonly Person[], query: string): Person[] {
  const wanted = searchable(query)
  return people
    .filter(({ displayName }) => ` ${searchable(displayName)}`.includes(` ${wanted}`))
    .slice(0, maxSuggestions)
}

/** Returns other people in the show whom this client knows: on stage, in the comments, and some of the listeners. */
export function useKnownPeople(view: RoomView, showId: string): Person[] {
  const [listed, setListed] = useState<readonly Person[]>([])
  useEffect(() => {
    let isCurrent = true
    ambient.shows
      .people(showId, { limit: 100 })
      .then(({ items }) => isCurrent && setListed(items))
      .catch(() => {})
    return () => {
      isCurrent = false
    }
  }, [showId])
  const onStage = (view.room?.stage ?? []).map(({ userId: id, displayName, avatarUrl }) => ({
    id,
    displayName,
    avatarUrl
  }))
  const authors = view.comments.list.toReversed().map(({ author }) => author)
  const people = new Map([...onStage, ...authors, ...listed].map(person => [person.id, person]))
  people.delete(view.me.userId)
  return [...people.values()]
}
