import { useLayoutEffect, useMemo, useRef, useState, type PointerEvent, type ReactNode, type RefObject } from 'react'
import type { AnalyticsMinute } from '../../../contract/analytics.ts'
import { rangeOf, startOf } from './minutes.ts'
import { formatTime, linearScale, minuteMs, timeTicks, type Scale } from './scale.ts'
import styles from './minute-plot.module.css'

/** The area to draw in, px. */
export interface PlotArea {
  width: number
  /** Maps a time in ms to a position from the left. */
  x: Scale
  minuteWidth: number
}

/** A minute that is selected in all plots of a page, by its place; null when none is. */
export interface MinuteSelection {
  index: number | null
  select: (index: number | null) => void
}

interface MinutePlotProps {
  /** Accessible name of the control that moves through the minutes. */
  label: string
  minutes: readonly AnalyticsMinute[]
  /** Height of the drawing above the axis, px. */
  height: number
  selection: MinuteSelection
  /** Says what to do while no minute is selected. The first plot of a page has it. */
  hint?: string
  /** Returns the values of a minute in words. */
  describe: (minute: AnalyticsMinute) => string
  children: (area: PlotArea) => ReactNode
}

const axisHeight = 26
const minTickGap = 88

/**
 * A plot over the minutes of a show. Pointing at a minute, or moving to it with the arrow keys, shows its values; all
 * plots of a page share the selected minute. The drawing itself is hidden from screen readers, which read the summary,
 * the slider and the table.
 */
export function MinutePlot({ label, minutes, height, selection, hint, describe, children }: MinutePlotProps) {
  const frame = useRef<HTMLDivElement>(null)
  const slider = useRef<HTMLInputElement>(null)
  const width = useWidth(frame)
  const [from, to] = useMemo(() => rangeOf(minutes), [minutes])
  const x = linearScale([from, to], [0, width])
  const selected = selection.index === null ? undefined : minutes[selection.index]
  const last = minutes.length - 1

  function selectAt({ clientX, currentTarget }: PointerEvent<HTMLElement>) {
    const share = (clientX - currentTarget.getBoundingClientRect().left) / Math.max(1, width)
    selection.select(Math.max(0, Math.min(last, Math.floor(share * minutes.length))))
  }

  return (
    <div>
      <p className={styles.readout} aria-hidden='true'>
        {selected ? (
          <>
            <strong>{formatTime(startOf(selected))}</strong> {describe(selected)}
          </>
        ) : (
          hint
        )}
      </p>
      <div
        ref={frame}
        className={styles.frame}
        onPointerMove={selectAt}
        onPointerDown={event => {
          selectAt(event)
          slider.current?.focus({ preventScroll: true })
        }}
        onPointerLeave={() => {
          if (document.activeElement !== slider.current) selection.select(null)
        }}
      >
        <svg width={width} height={height + axisHeight} aria-hidden='true' className={styles.drawing}>
          {width > 0 && children({ width, x, minuteWidth: width / Math.max(1, minutes.length) })}
          {selected && (
            <rect
              className={styles.selected}
              x={x(startOf(selected))}
              width={Math.max(1, x(startOf(selected) + minuteMs) - x(startOf(selected)))}
              y={0}
              height={height}
            />
          )}
          <TimeAxis from={from} to={to} width={width} x={x} y={height} />
        </svg>
        <input
          ref={slider}
          type='range'
          className={styles.slider}
          aria-label={label}
          min={0}
          max={Math.max(0, last)}
          value={selection.index ?? last}
          aria-valuetext={describeFor(minutes[selection.index ?? last], describe)}
          onChange={event => selection.select(event.target.valueAsNumber)}
          onFocus={() => {
            if (selection.index === null) selection.select(last)
          }}
          onBlur={() => selection.select(null)}
        />
      </div>
    </div>
  )
}

function describeFor(minute: AnalyticsMinute | undefined, describe: MinutePlotProps['describe']): string {
  return minute ? `${formatTime(startOf(minute))}: ${describe(minute)}` : 'Nothing yet'
}

function TimeAxis({ from, to, width, x, y }: { from: number; to: number; width: number; x: Scale; y: number }) {
  return (
    <g className={styles.axis}>
      <line x1={0} x2={width} y1={y + 0.5} y2={y + 0.5} />
      {timeTicks(from, to, width, minTickGap).map(at => {
        const isFirst = x(at) < 24
        const isLast = x(at) > width - 24
        return (
          <g key={at} transform={`translate(${x(at)}, ${y})`}>
            <line y1={0} y2={5} x1={0} x2={0} />
            <text y={21} textAnchor={isFirst ? 'start' : isLast ? 'end' : 'middle'}>
              {formatTime(at)}
            </text>
          </g>
        )
      })}
    </g>
  )
}

/** Returns the width of an element, px, and renders again when it changes. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return
    setWidth(Math.floor(current.clientWidth))
    const observer = new ResizeObserver(() => setWidth(Math.floor(current.clientWidth)))
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return width
}
