import { useEffect, useRef, useState } from 'react'
import type { RoomView } from '../../../client/index.ts'

/** Says to a screen reader what a sighted person sees happen. */
export function Happenings({ view }: { view: RoomView }) {
  const before = useRef<RoomView>(view)
  const [words, setWords] = useState('')
  useEffect(() => {
    const news = newsOf(before.current, view)
    before.current = view
    if (news.length > 0) setWords(news.join('. '))
  }, [view])
  return (
    <p className='visually-hidden' role='status'>
      {words}
    </p>
  )
}

const ownNews = {
  requested: 'You asked to speak',
  invited: 'You are invited to speak',
  granted: 'You have the floor. Turn on your microphone',
  onStage: 'You are on stage and can be heard',
  suspended: 'Your microphone is reconnecting',
  off: 'You are listening'
} as const

function newsOf(before: RoomView, now: RoomView): string[] {
  if (!before.room || !now.room || before.room === now.room) return []
  const news: string[] = []
  if (before.me.speak !== now.me.speak) news.push(ownNews[now.me.speak])
  const earlier = new Map(before.room.stage.map(member => [member.userId, member]))
  for (const { userId, displayName, muted } of now.room.stage) {
    const was = earlier.get(userId)
    const name = userId === now.me.userId ? 'You are' : `${displayName} is`
    if (!was && userId !== now.me.userId) news.push(`${displayName} came on stage`)
    if (was && was.muted !== muted) news.push(`${name} ${muted ? 'muted' : 'not muted any more'}`)
    earlier.delete(userId)
  }
  for (const { userId, displayName } of earlier.values()) {
    if (userId !== now.me.userId) news.push(`${displayName} left the stage`)
  }
  if (now.me.isHost && now.room.queueLength > before.room.queueLength) {
    news.push(`${now.room.queue.at(-1)?.displayName ?? 'Somebody'} asks to speak`)
  }
  return news
}
