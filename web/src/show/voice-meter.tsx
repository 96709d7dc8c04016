import { useEffect, useRef } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { useMediaQuery } from '../ui/use-media-query.ts'
import { loudnessOf } from './loudness.ts'
import styles from './mini-player.module.css'

/**
 * A bar that moves with the loudest voice in the show. Hidden from screen readers: it says no more than the sound does.
 */
export function VoiceMeter({ view: { speaking }, room }: { view: RoomView; room: ShowRoom }) {
  const meter = useRef<HTMLSpanElement>(null)
  const isStill = useMediaQuery('(prefers-reduced-motion: reduce)')
  const latest = useRef(speaking)
  const isSpeaking = speaking.size > 0
  useEffect(() => {
    latest.current = speaking
    if (isStill || !isSpeaking) showLevel(Math.max(0, ...[...speaking.values()].map(loudnessOf)))
  }, [speaking, isStill, isSpeaking])
  useEffect(() => {
    if (isStill || !isSpeaking) return
    let frame = requestAnimationFrame(function draw() {
      showLevel(Math.max(0, ...[...latest.current.keys()].map(userId => loudnessOf(room.levelOf(userId)))))
      frame = requestAnimationFrame(draw)
    })
    return () => cancelAnimationFrame(frame)
  }, [room, isStill, isSpeaking])

  function showLevel(level: number): void {
    meter.current?.style.setProperty('--level', level.toFixed(2))
  }

  return (
    <span ref={meter} className={styles.meter} aria-hidden='true'>
      <span className={styles.level} />
    </span>
  )
}
