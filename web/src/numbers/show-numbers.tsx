import { useMemo, useState } from 'react'
import type { ListenerSources, ShowAnalytics } from '../../../contract/analytics.ts'
import { formatCount } from '../format/count.ts'
import { BarTable } from './bar-table.tsx'
import { Figure } from './figure.tsx'
import { KeyNumbers, type KeyNumber } from './key-numbers.tsx'
import { ListenerPlot } from './listener-plot.tsx'
import { nameOf } from './minutes.ts'
import { ResponsePlot } from './response-plot.tsx'
import {
  formatLength,
  formatShare,
  formatShortLength,
  sourceNames,
  summarizeRequests,
  summarizeSources,
  summarizeTalk
} from './summaries.ts'
import { TimelinePlot } from './timeline-plot.tsx'
import styles from './page.module.css'

/** The main numbers of a show, and its plots, which share the selected minute. */
export function ShowNumbers({ analytics }: { analytics: ShowAnalytics }) {
  const [index, select] = useState<number | null>(null)
  const lastIndex = analytics.minutes.length - 1
  const selection = useMemo(
    () => ({ index: index === null || index > lastIndex ? null : index, select }),
    [index, lastIndex]
  )
  const { audience, speakers, requests } = analytics
  return (
    <>
      <KeyNumbers numbers={keyNumbersOf(analytics)} />
      {audience === null && (
        <p className={styles.empty}>The audience of this show was not recorded. What happened on stage is here.</p>
      )}
      {audience && <ListenerPlot analytics={analytics} selection={selection} />}
      <TimelinePlot analytics={analytics} selection={selection} />
      <ResponsePlot analytics={analytics} selection={selection} />
      <div className={styles.columns}>
        {audience && (
          <Figure title='Where listeners came from' summary={summarizeSources(audience.sources)}>
            {audience.listeners > 0 && (
              <BarTable
                columns={['Way', 'Listeners']}
                rows={sourceNames
                  .toSorted(([a], [b]) => rankOf(b, audience.sources) - rankOf(a, audience.sources))
                  .filter(([source]) => audience.sources[source] > 0)
                  .map(([source, name]) => ({
                    key: source,
                    name,
                    value: audience.sources[source],
                    text: formatCount(audience.sources[source])
                  }))}
              />
            )}
          </Figure>
        )}
        <Figure title='Time on air' summary={summarizeTalk(analytics)}>
          {speakers.length > 0 && (
            <BarTable
              columns={['Person', 'Time on air']}
              rows={speakers.map((speaker, place) => ({
                key: speaker.user?.id ?? place,
                name: nameOf(speaker),
                value: speaker.talkMs,
                text: formatLength(speaker.talkMs)
              }))}
            />
          )}
        </Figure>
      </div>
      <Figure title='Requests to speak' summary={summarizeRequests(requests)}>
        {null}
      </Figure>
      {analytics.isTruncated && (
        <p className={styles.empty}>The show is too long for all of its bars. The totals are exact.</p>
      )}
    </>
  )
}

/** Puts the ways with the most listeners first, and those that are not known last. */
function rankOf(source: keyof ListenerSources, sources: ListenerSources): number {
  return source === 'unknown' ? -1 : sources[source]
}

function keyNumbersOf({ audience, comments, requests }: ShowAnalytics): KeyNumber[] {
  const spoken = { name: 'Comments', value: formatCount(comments) }
  const asked = {
    name: 'Requests to speak',
    value: formatCount(requests.requested),
    note: `${formatCount(requests.accepted)} accepted`
  }
  if (!audience) return [spoken, asked]
  const { listeners, guests, peak, average, averageStayMs, cameBack, returnRate, reactions } = audience
  return [
    {
      name: listeners === 1 ? 'Listener' : 'Listeners',
      value: formatCount(listeners),
      note: guests > 0 ? `${formatCount(guests)} as ${guests === 1 ? 'a guest' : 'guests'}` : undefined
    },
    { name: 'At the peak', value: formatCount(peak), note: `${formatCount(Math.round(average))} on average` },
    { name: 'Stayed', value: averageStayMs === null ? '–' : formatShortLength(averageStayMs), note: 'on average' },
    { name: 'Regulars', value: returnRate === null ? '–' : formatShare(returnRate), note: 'heard an earlier show' },
    { name: 'Came back', value: cameBack === null ? '–' : formatShare(cameBack), note: 'left and joined again' },
    spoken,
    { name: 'Reactions', value: formatCount(reactions) },
    asked
  ]
}
