import { useEffect, useLayoutEffect, useState } from 'react'
import type { ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { findCurrentRoom, isOnAir, markPageOpen } from './current-show.ts'
import { enterShow, findOpenRoom } from './enter-show.ts'
import { findOtherTab, type TabPlace } from './other-tabs.ts'

/** A reason to ask before a show is joined: the user would lose their place in another show, or in another tab. */
export type JoinQuestion = { about: 'otherShow'; room: ShowRoom } | { about: 'otherTab'; place: TabPlace }

/** The way into a show: a room once it is joined, or a question before. */
interface ShowEntry {
  room: ShowRoom | null
  question: JoinQuestion | null
  /** Joins the show, whatever the user loses by that. */
  enter: () => void
  /** Whether the user has pressed a button to join, which is no longer there. */
  isAnswered: boolean
}

/**
 * Joins a show unless a question comes first. The room stays open when the component is removed: the mini-player shows
 * it on other pages.
 */
export function useShowRoom(showId: string, backstage = false): ShowEntry {
  const [room, setRoom] = useState(() => findOpenRoom(showId))
  const [question, setQuestion] = useState<JoinQuestion | null>(null)
  const [isAnswered, setIsAnswered] = useState(false)
  const enter = () => {
    setIsAnswered(true)
    setQuestion(null)
    setRoom(enterShow(showId, backstage))
  }
  // Before the show is joined: the mini-player is not loaded for a show whose page is open.
  useLayoutEffect(() => markPageOpen(showId), [showId])
  useEffect(() => {
    let isCurrent = true
    findQuestion(showId).then(found => {
      if (!isCurrent) return
      setQuestion(found)
      if (!found) setRoom(enterShow(showId, backstage))
    })
    return () => {
      isCurrent = false
    }
  }, [showId, backstage])
  return { room, question, enter, isAnswered }
}

async function findQuestion(showId: string): Promise<JoinQuestion | null> {
  if (findOpenRoom(showId)) return null
  const room = findCurrentRoom()
  if (room && (isOnAir(room.view) || (room.view.me.isHost && !room.view.closed))) return { about: 'otherShow', room }
  const place = await findOtherTab(showId, ambient.account.user?.id ?? '')
  return place && { about: 'otherTab', place }
}
