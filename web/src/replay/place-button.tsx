import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import styles from './place-button.module.css'

interface PlaceButtonProps {
  player: ReplayPlayer
  atMs: number
  isCurrent?: boolean
  children: ReactNode
}

/** A row that plays a replay from its place. */
export function PlaceButton({ player, atMs, isCurrent = false, children }: PlaceButtonProps) {
  return (
    <Button
      className={`${styles.place} ${isCurrent ? styles.current : ''}`}
      onPress={() => {
        player.seek(atMs)
        player.play()
      }}
    >
      {children}
    </Button>
  )
}
