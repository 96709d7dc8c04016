import type { AnalyticsMinute, ShowAnalytics } from '../../../contract/analytics.ts'
import { Figure } from './figure.tsx'
import { Bar, CountAxis, formatKnown } from './listener-plot.tsx'
import { MinutePlot, type MinuteSelection, type PlotArea } from './minute-plot.tsx'
import { maxOf } from './minutes.ts'
import { countTicks, formatTime, linearScale } from './scale.ts'
import { formatResponses, summarizeResponses } from './summaries.ts'
import styles from './plots.module.css'

const laneHeight = 124
const captionTop = 20
const barsTop = 44

/** Comments and reactions in each minute, one above the other. */
export function ResponsePlot({ analytics, selection }: { analytics: ShowAnalytics; selection: MinuteSelection }) {
  const { minutes } = analytics
  return (
    <Figure
      title='Comments and reactions'
      summary={summarizeResponses(analytics)}
      table={{
        columns: ['Minute', 'Comments', 'Reactions'],
        rows: minutes.map(({ at, comments, reactions }) => ({
          key: at,
          cells: [formatTime(Date.parse(at)), formatKnown(comments), formatKnown(reactions)]
        }))
      }}
    >
      <MinutePlot
        label='Comments and reactions in each minute'
        minutes={minutes}
        height={2 * laneHeight}
        selection={selection}
        describe={formatResponses}
      >
        {area => (
          <>
            <Lane area={area} top={0} name='Comments' minutes={minutes} field='comments' barClass={styles.comment} />
            <Lane
              area={area}
              top={laneHeight}
              name='Reactions'
              minutes={minutes}
              field='reactions'
              barClass={styles.reaction}
            />
          </>
        )}
      </MinutePlot>
    </Figure>
  )
}

interface LaneProps {
  area: PlotArea
  top: number
  name: string
  minutes: readonly AnalyticsMinute[]
  field: 'comments' | 'reactions'
  barClass?: string | undefined
}

function Lane({ area, top, name, minutes, field, barClass }: LaneProps) {
  const ticks = countTicks(maxOf(minutes.map(minute => minute[field])))
  const highest = ticks.at(-1) ?? 1
  const height = laneHeight - barsTop
  const y = linearScale([0, highest], [height, 0])
  return (
    <g transform={`translate(0, ${top})`}>
      <text className={styles.caption} y={captionTop}>
        {name}
      </text>
      <g transform={`translate(0, ${barsTop})`}>
        <CountAxis ticks={[0, highest]} y={y} width={area.width} />
        {minutes.map(minute => (
          <g key={minute.at} transform={`translate(${area.x(Date.parse(minute.at))}, 0)`}>
            <Bar className={barClass} area={area} y={y(minute[field] ?? 0)} height={height - y(minute[field] ?? 0)} />
          </g>
        ))}
      </g>
    </g>
  )
}
