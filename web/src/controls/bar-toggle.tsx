import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import styles from './bar-toggle.module.css'

interface BarToggleProps {
  label: string
  isOn: boolean
  /** The id of the element that it opens. */
  controls: string
  /** A number shown on the icon; none when it is 0. */
  count?: number
  onPress: () => void
  children: ReactNode
}

/** A round icon button of the control bar that opens and closes a panel. */
export function BarToggle({ label, isOn, controls, count = 0, onPress, children }: BarToggleProps) {
  return (
    <Button
      className={styles.toggle}
      aria-label={label}
      aria-expanded={isOn}
      {...(isOn && { 'aria-controls': controls })}
      onPress={onPress}
    >
      {children}
      <Badge count={count} />
    </Button>
  )
}

interface BarButtonProps {
  label: string
  count: number
  onPress: () => void
  children: ReactNode
}

/** A round icon button of the control bar with a number on it. */
export function BarButton({ label, count, onPress, children }: BarButtonProps) {
  return (
    <Button className={styles.toggle} aria-label={label} onPress={onPress}>
      {children}
      <Badge count={count} />
    </Button>
  )
}

function Badge({ count }: { count: number }) {
  return count > 0 && <span className={styles.badge}>{badgeText(count)}</span>
}

/** Returns a number as a badge shows it. The name of a control with a badge contains the same text. */
export function badgeText(count: number): string {
  return count > 99 ? '99+' : `${count}`
}
