import { useCallback, useSyncExternalStore } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { paceChanges } from './pace-changes.ts'

/** The room of this tab: the user is in one show at a time, on whichever page of the site. */
let room: ShowRoom | null = null
let takeBack = () => {}
/** The show whose page is open. That page has all controls, so the mini-player is hidden there. */
let openShowId: string | null = null
const listeners = new Set<() => void>()

function notify(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Returns the room that the user is in, or that was closed while they were on another page; null without one. */
export function findCurrentRoom(): ShowRoom | null {
  return room
}

/**
 * Makes a room the one of this tab.
 * @param onTakeBack called when the user wants to come back from another tab or device to which the show has moved
 */
export function setCurrentRoom(next: ShowRoom, onTakeBack: () => void): void {
  room = next
  takeBack = onTakeBack
  notify()
}

/** Forgets a closed room. Does nothing when another one has replaced it. */
export function clearCurrentRoom(closed: ShowRoom): void {
  if (room !== closed) return
  room = null
  notify()
}

/** Joins the show again that has moved to another tab or device. */
export function takeCurrentShowBack(): void {
  takeBack()
}

/** Marks the page of a show as open. Returns a function that marks it as closed. */
export function markPageOpen(showId: string): () => void {
  openShowId = showId
  notify()
  return () => {
    openShowId = null
    notify()
  }
}

/** Whether the page of this show is open. */
export function isPageOpen(showId: string): boolean {
  return openShowId === showId
}

/** Returns the room that the mini-player shows: the current one, while its page is not open. */
export function useDockedRoom(): ShowRoom | null {
  return useSyncExternalStore(subscribe, () => (room?.showId === openShowId ? null : room))
}

/** Returns the current view of a show, and renders again after changes, once for events that follow at once. */
export function useRoomView(room: ShowRoom): RoomView {
  const subscribe = useCallback((onChange: () => void) => paceChanges(room, onChange), [room])
  return useSyncExternalStore(subscribe, () => room.view)
}

/** Whether the user is on stage, muted or not. */
export function isOnAir({ closed, me }: RoomView): boolean {
  return !closed && me.speak === 'onStage'
}
