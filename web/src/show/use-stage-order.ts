import { useEffect, useRef, useState, type RefObject } from 'react'
import type { RoomView, StageMember } from '../../../client/index.ts'

/** The number of people from which the stage shows those who speak first. */
const minCrowd = 5
/** The time between two changes of the order, so that nobody moves in the middle of a word. */
const orderIntervalMs = 3000

/**
 * Returns the people on stage in the order in which they are shown. From five on, those who speak come first, the
 * loudest before the others. Nothing moves while the focus is inside the stage.
 */
export function useStageOrder(view: RoomView, stage: RefObject<HTMLElement | null>): readonly StageMember[] {
  const members = view.room?.stage ?? []
  const isCrowd = members.length >= minCrowd
  const [order, setOrder] = useState<readonly string[]>([])
  const latest = useRef(view)
  useEffect(() => {
    latest.current = view
  }, [view])
  useEffect(() => {
    if (!isCrowd) {
      setOrder([])
      return
    }
    const timer = setInterval(() => {
      if (stage.current?.contains(document.activeElement)) return
      const { room, speaking } = latest.current
      setOrder(previous => loudestFirst(inOrder(room?.stage ?? [], previous), speaking))
    }, orderIntervalMs)
    return () => clearInterval(timer)
  }, [isCrowd, stage])
  return inOrder(members, order)
}

/** Returns the ids with those who speak first, the loudest before the others; the rest keeps its order. */
export function loudestFirst(members: readonly StageMember[], speaking: RoomView['speaking']): string[] {
  const loudnessDb = ({ userId, muted }: StageMember) => (muted ? undefined : speaking.get(userId)) ?? -Infinity
  return members
    .map(member => ({ userId: member.userId, db: loudnessDb(member) }))
    .toSorted((a, b) => (a.db === b.db ? 0 : b.db - a.db))
    .map(({ userId }) => userId)
}

function inOrder(members: readonly StageMember[], order: readonly string[]): readonly StageMember[] {
  if (order.length === 0) return members
  const place = new Map(order.map((userId, index) => [userId, index]))
  const placeOf = ({ userId }: StageMember) => place.get(userId) ?? order.length
  return members.toSorted((a, b) => placeOf(a) - placeOf(b))
}
