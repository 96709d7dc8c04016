import { useId } from 'react'
import type { AnalyticsMinute, AnalyticsSpan, ShowAnalytics } from '../../../contract/analytics.ts'
import { Figure } from './figure.tsx'
import { MinutePlot, type MinuteSelection, type PlotArea } from './minute-plot.tsx'
import { nameOf, speakersDuring, startOf, titlesDuring } from './minutes.ts'
import { formatTime } from './scale.ts'
import { summarizeTimeline } from './summaries.ts'
import styles from './plots.module.css'

/** People with a row of their own; the table has everybody. */
const maxRows = 6
const rowHeight = 46
const barTop = 22
const barHeight = 18
/** Space for one character in a bar, px. */
const characterWidth = 7.5

/** Songs and people on air, as bars over time. */
export function TimelinePlot({ analytics, selection }: { analytics: ShowAnalytics; selection: MinuteSelection }) {
  const { minutes, played, speakers } = analytics
  const shown = speakers.slice(0, maxRows)
  const describe = (minute: AnalyticsMinute) => describeMinute(analytics, minute)
  return (
    <Figure
      title='What played, and who spoke'
      summary={summarizeTimeline(analytics)}
      table={{
        columns: ['From', 'To', 'What'],
        rows: rowsOf(analytics)
      }}
    >
      <MinutePlot
        label='What played and who spoke in each minute'
        minutes={minutes}
        height={(shown.length + 1) * rowHeight}
        selection={selection}
        describe={describe}
      >
        {area => (
          <>
            <Row
              area={area}
              index={0}
              name='Music'
              spans={played}
              barClass={styles.music}
              labels={played.map(({ title }) => title)}
            />
            {shown.map((speaker, index) => (
              <Row
                key={speaker.user?.id ?? index}
                area={area}
                index={index + 1}
                name={nameOf(speaker)}
                spans={speaker.spans}
                barClass={styles.voice}
              />
            ))}
          </>
        )}
      </MinutePlot>
      {speakers.length > maxRows && <p className={styles.note}>The table has all {speakers.length} people.</p>}
    </Figure>
  )
}

interface RowProps {
  area: PlotArea
  index: number
  name: string
  spans: readonly AnalyticsSpan[]
  barClass?: string | undefined
  /** Texts inside of the bars, where they fit. */
  labels?: readonly string[]
}

function Row({ area, index, name, spans, barClass, labels = [] }: RowProps) {
  const clipId = useId()
  return (
    <g transform={`translate(0, ${index * rowHeight})`}>
      <clipPath id={clipId}>
        <rect x={0} y={0} width={area.width} height={rowHeight} />
      </clipPath>
      <text className={styles.caption} y={15}>
        {name}
      </text>
      <rect className={styles.track} x={0} y={barTop} width={area.width} height={barHeight} rx={4} />
      <g clipPath={`url(#${clipId})`}>
        {spans.map(({ from, to }, place) => {
          const start = area.x(Date.parse(from))
          const width = Math.max(2, area.x(Date.parse(to)) - start)
          const label = labels[place] ?? ''
          const fits = Math.floor((width - 10) / characterWidth)
          return (
            <g key={from}>
              <rect
                className={barClass}
                x={start}
                y={barTop}
                width={width}
                height={barHeight}
                rx={Math.min(4, width / 2)}
              />
              {fits >= 5 && label !== '' && (
                <text className={styles.barText} x={start + 6} y={barTop + 13}>
                  {label.length <= fits ? label : `${label.slice(0, fits - 1)}…`}
                </text>
              )}
            </g>
          )
        })}
      </g>
    </g>
  )
}

function describeMinute(analytics: ShowAnalytics, minute: AnalyticsMinute): string {
  const at = startOf(minute)
  const titles = titlesDuring(analytics, at)
  const names = speakersDuring(analytics, at)
  const parts = [titles.length > 0 && `♪ ${titles.join(', ')}`, names.length > 0 && `On air: ${names.join(', ')}`]
  return parts.filter(part => part !== false).join(' · ') || 'Silence'
}

/** Everything that played and everybody who was on air, in the order of time. */
function rowsOf({ played, speakers }: ShowAnalytics) {
  const spans = [
    ...played.map(({ from, to, title, artists }) => ({ from, to, what: [title, ...artists].join(', ') })),
    ...speakers.flatMap(speaker =>
      speaker.spans.map(({ from, to }) => ({ from, to, what: `${nameOf(speaker)} spoke` }))
    )
  ].toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from))
  return spans.map(({ from, to, what }, key) => ({
    key,
    cells: [formatTime(Date.parse(from)), formatTime(Date.parse(to)), what]
  }))
}
