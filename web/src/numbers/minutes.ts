import type { AnalyticsMinute, AnalyticsSpan, ShowAnalytics } from '../../../contract/analytics.ts'
import { minuteMs } from './scale.ts'

/** The start of a minute, ms. */
export const startOf = ({ at }: AnalyticsMinute): number => Date.parse(at)

/** The time that the minutes of a show cover, ms. */
export function rangeOf(minutes: readonly AnalyticsMinute[]): readonly [fromMs: number, toMs: number] {
  const [first] = minutes
  const last = minutes.at(-1)
  return first && last ? [startOf(first), startOf(last) + minuteMs] : [0, minuteMs]
}

/** Whether a span touches the minute that starts at `atMs`. */
export function isDuring({ from, to }: AnalyticsSpan, atMs: number): boolean {
  return Date.parse(from) < atMs + minuteMs && Date.parse(to) > atMs
}

/** The length of a span, ms. */
export function lengthOf({ from, to }: AnalyticsSpan): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}

/** The largest of the known values; 0 without any. */
export function maxOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0)
}

/** Titles of what played during a minute, in order, each once. */
export function titlesDuring({ played }: Pick<ShowAnalytics, 'played'>, atMs: number): string[] {
  return [...new Set(played.filter(span => isDuring(span, atMs)).map(({ title }) => title))]
}

/** Names of the people who were on air during a minute. */
export function speakersDuring({ speakers }: Pick<ShowAnalytics, 'speakers'>, atMs: number): string[] {
  return speakers.filter(({ spans }) => spans.some(span => isDuring(span, atMs))).map(nameOf)
}

/** The name of a person who was on air. */
export function nameOf({ user }: ShowAnalytics['speakers'][number]): string {
  return user?.displayName ?? 'Deleted account'
}
