import type { AnalyticsMinute, ShowAnalytics } from '../../../contract/analytics.ts'
import { formatCount, formatCounted } from '../format/count.ts'
import { Figure } from './figure.tsx'
import { MinutePlot, type MinuteSelection, type PlotArea } from './minute-plot.tsx'
import { maxOf, startOf } from './minutes.ts'
import { countTicks, formatTime, linearScale, minuteMs, type Scale } from './scale.ts'
import { summarizeListeners } from './summaries.ts'
import styles from './plots.module.css'

const areaHeight = 180
const gap = 30
const barsHeight = 72
const barsMiddle = areaHeight + gap + barsHeight / 2

/** Listeners in each minute as an area, and below it who joined, upwards, and who left, downwards. */
export function ListenerPlot({ analytics, selection }: { analytics: ShowAnalytics; selection: MinuteSelection }) {
  const { minutes } = analytics
  const ticks = countTicks(maxOf(minutes.map(({ maxListeners }) => maxListeners)))
  const y = linearScale([0, ticks.at(-1) ?? 1], [areaHeight, 12])
  const moved = Math.max(1, maxOf(minutes.flatMap(({ joins, leaves }) => [joins, leaves])))
  const bar = linearScale([0, moved], [0, barsHeight / 2 - 4])
  return (
    <Figure
      title='Listeners'
      summary={summarizeListeners(analytics)}
      table={{
        columns: ['Minute', 'Listeners', 'Joined', 'Left'],
        rows: minutes.map(({ at, listeners, joins, leaves }) => ({
          key: at,
          cells: [formatTime(Date.parse(at)), ...[listeners, joins, leaves].map(formatKnown)]
        }))
      }}
    >
      <MinutePlot
        label='Listeners in each minute'
        minutes={minutes}
        height={barsMiddle + barsHeight / 2}
        selection={selection}
        hint='Select a minute to see its values.'
        describe={describeListeners}
      >
        {area => (
          <>
            <CountAxis ticks={ticks} y={y} width={area.width} />
            <path className={styles.area} d={areaPath(minutes, area, y)} />
            <path className={styles.line} d={linePath(minutes, area, y)} />
            <text className={styles.caption} y={areaHeight + 22}>
              ▲ Joined, ▼ left
            </text>
            <line className={styles.base} x1={0} x2={area.width} y1={barsMiddle} y2={barsMiddle} />
            {minutes.map(({ at, joins, leaves }) => (
              <g key={at} transform={`translate(${area.x(Date.parse(at))}, ${barsMiddle})`}>
                <Bar className={styles.joined} area={area} y={-bar(joins ?? 0)} height={bar(joins ?? 0)} />
                <Bar className={styles.left} area={area} y={0} height={bar(leaves ?? 0)} />
              </g>
            ))}
          </>
        )}
      </MinutePlot>
    </Figure>
  )
}

/** A bar for one minute, with a gap to the next one where there is room. */
export function Bar({
  className,
  area,
  y,
  height
}: {
  className?: string | undefined
  area: PlotArea
  y: number
  height: number
}) {
  const space = area.minuteWidth > 4 ? Math.min(4, area.minuteWidth * 0.25) : 0
  if (height <= 0) return null
  return (
    <rect className={className} x={space / 2} width={Math.min(40, area.minuteWidth - space)} y={y} height={height} />
  )
}

/** Lines across a plot at labelled counts. */
export function CountAxis({ ticks, y, width }: { ticks: readonly number[]; y: Scale; width: number }) {
  return (
    <g className={styles.grid}>
      {ticks.map(tick => (
        <g key={tick} transform={`translate(0, ${y(tick)})`}>
          <line x1={0} x2={width} y1={0.5} y2={0.5} />
          {tick > 0 && (
            <text y={-4} x={2}>
              {formatCount(tick)}
            </text>
          )}
        </g>
      ))}
    </g>
  )
}

const middleOf = (minute: AnalyticsMinute) => startOf(minute) + minuteMs / 2
const highest = ({ maxListeners, listeners }: AnalyticsMinute) => maxListeners ?? listeners ?? 0

function linePath(minutes: readonly AnalyticsMinute[], { x }: PlotArea, y: Scale): string {
  return minutes
    .map((minute, index) => `${index === 0 ? 'M' : 'L'}${x(middleOf(minute))} ${y(highest(minute))}`)
    .join('')
}

function areaPath(minutes: readonly AnalyticsMinute[], area: PlotArea, y: Scale): string {
  const [first] = minutes
  const last = minutes.at(-1)
  if (!first || !last) return ''
  const base = y(0)
  return `${linePath(minutes, area, y)}L${area.x(middleOf(last))} ${base}L${area.x(middleOf(first))} ${base}Z`
}

function describeListeners(minute: AnalyticsMinute): string {
  const { joins, leaves } = minute
  return `${formatCounted(highest(minute), 'listener', 'listeners')}, ${formatCount(joins ?? 0)} joined, ${formatCount(leaves ?? 0)} left`
}

/** A value of a table; a dash where it is not known. */
export function formatKnown(value: number | null): string {
  return value === null ? '–' : formatCount(value)
}
