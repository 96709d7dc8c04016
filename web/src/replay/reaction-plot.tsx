import { memo } from 'react'
import type { ReplayReactions } from '../../../client/index.ts'
import styles from './reaction-plot.module.css'

interface ReactionPlotProps {
  reactions: ReplayReactions
  durationMs: number
}

/** The reactions over the time of a replay, as bars. Screen readers get their number at the current place instead. */
export const ReactionPlot = memo(function ReactionPlot({
  reactions: { intervalMs, items },
  durationMs
}: ReactionPlotProps) {
  const maxCount = Math.max(1, ...items.map(({ count }) => count))
  const line = items
    .filter(({ count }) => count > 0)
    .map(({ atMs, count }) => {
      const height = 15 + (count / maxCount) * 85
      return `M${(((atMs + intervalMs / 2) / Math.max(1, durationMs)) * 1000).toFixed(1)} 100V${(100 - height).toFixed(1)}`
    })
    .join('')
  return (
    <svg className={styles.plot} viewBox='0 0 1000 100' preserveAspectRatio='none' aria-hidden='true' focusable='false'>
      <path d={line} />
    </svg>
  )
})
