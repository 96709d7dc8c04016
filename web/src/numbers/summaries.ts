import type { AnalyticsMinute, ListenerSources, ShowAnalytics } from '../../../contract/analytics.ts'
import { formatCount, formatCounted } from '../format/count.ts'
import { lengthOf, maxOf, nameOf, startOf } from './minutes.ts'
import { formatTime } from './scale.ts'

/** Formats a length of time for a sentence: `45 seconds`, `12 minutes`, `1 hour 5 minutes`. */
export function formatLength(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return formatCounted(seconds, 'second', 'seconds')
  const minutes = Math.round(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  const parts = [
    hours > 0 && formatCounted(hours, 'hour', 'hours'),
    (rest > 0 || hours === 0) && formatCounted(rest, 'minute', 'minutes')
  ]
  return parts.filter(part => part !== false).join(' ')
}

/** Formats a length of time where there is little room: `45 s`, `12 min`, `1 h 5 min`. */
export function formatShortLength(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${formatCount(seconds)} s`
  const minutes = Math.round(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return [hours > 0 && `${formatCount(hours)} h`, (minutes % 60 > 0 || hours === 0) && `${minutes % 60} min`]
    .filter(part => part !== false)
    .join(' ')
}

/** Formats a share from 0 to 1 for the reader's locale: `62%`. */
export function formatShare(share: number): string {
  return new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

/** Says when most people listened, and how long they stayed. */
export function summarizeListeners({ audience, minutes }: ShowAnalytics): string {
  if (!audience || audience.listeners === 0) return 'Nobody has listened yet.'
  const peak = maxOf(minutes.map(({ maxListeners }) => maxListeners))
  const peakMinute = minutes.find(({ maxListeners }) => maxListeners === peak)
  const when = peakMinute ? ` at ${formatTime(startOf(peakMinute))}` : ''
  const stay =
    audience.medianStayMs === null ? '' : ` Half of them stayed longer than ${formatLength(audience.medianStayMs)}.`
  return `Most people listened${when}: ${formatCount(audience.peak)} at once.${stay}`
}

/** Says how much played, and who was on air longest. */
export function summarizeTimeline({ played, speakers }: ShowAnalytics): string {
  const titles = new Set(played.map(({ itemId }) => itemId)).size
  const playedMs = played.reduce((sum, span) => sum + lengthOf(span), 0)
  const music =
    titles === 0
      ? 'No music played'
      : `${formatCounted(titles, 'track', 'tracks')} played for ${formatLength(playedMs)}`
  const [longest] = speakers
  if (!longest) return `${music}. Nobody was on air.`
  const people =
    speakers.length === 1
      ? `${nameOf(longest)} was on air`
      : `${formatCount(speakers.length)} people were on air, ${nameOf(longest)} longest`
  return `${music}. ${people}: ${formatLength(longest.talkMs)}.`
}

/** Says which minute had the most comments and reactions. */
export function summarizeResponses({ minutes }: ShowAnalytics): string {
  const sum = ({ comments, reactions }: AnalyticsMinute) => (comments ?? 0) + (reactions ?? 0)
  const most = maxOf(minutes.map(sum))
  const busiest = minutes.find(minute => sum(minute) === most)
  if (!busiest || most === 0) return 'Nobody has commented or reacted yet.'
  return `The liveliest minute was ${formatTime(startOf(busiest))}, with ${formatResponses(busiest)}.`
}

/** Returns the minute with the most reactions, the first of several; undefined when nobody reacted. */
export function findMostReacted({ minutes }: Pick<ShowAnalytics, 'minutes'>): AnalyticsMinute | undefined {
  const most = maxOf(minutes.map(({ reactions }) => reactions))
  return most === 0 ? undefined : minutes.find(({ reactions }) => reactions === most)
}

/** Formats the comments and reactions of a minute. */
export function formatResponses({ comments, reactions }: AnalyticsMinute): string {
  return `${formatCounted(comments ?? 0, 'comment', 'comments')} and ${formatCounted(reactions ?? 0, 'reaction', 'reactions')}`
}

/** The ways to find a show, in the order and with the words of the page. */
export const sourceNames: readonly (readonly [keyof ListenerSources, string])[] = [
  ['link', 'By a link'],
  ['discover', 'On the start page or by search'],
  ['follow', 'Because they follow you'],
  ['unknown', 'Not known']
]

/** Says how most listeners found the show. */
export function summarizeSources(sources: ListenerSources): string {
  const total = sourceNames.reduce((sum, [source]) => sum + sources[source], 0)
  if (total === 0) return 'Nobody has listened yet.'
  const phrases = { link: 'by a link', discover: 'on the start page or by search', follow: 'because they follow you' }
  const known = (['link', 'discover', 'follow'] as const).toSorted((a, b) => sources[b] - sources[a])
  const [most] = known
  if (!most || sources[most] === 0) return 'How listeners found the show is not known.'
  return `${formatShare(sources[most] / total)} of the listeners came ${phrases[most]}.`
}

/** Says what became of the requests to speak. */
export function summarizeRequests({
  requested,
  accepted,
  rejected,
  withdrawn,
  averageWaitMs
}: ShowAnalytics['requests']): string {
  if (requested === 0) return 'Nobody asked to speak.'
  const answers = [
    `${formatCount(accepted)} accepted`,
    rejected > 0 && `${formatCount(rejected)} rejected`,
    withdrawn > 0 && `${formatCount(withdrawn)} withdrawn`
  ].filter(part => part !== false)
  const wait = averageWaitMs === null ? '' : ` An answer took ${formatLength(averageWaitMs)} on average.`
  return `${formatCounted(requested, 'request', 'requests')} to speak: ${answers.join(', ')}.${wait}`
}

/** Says who was on air longest. */
export function summarizeTalk({ speakers, talkMs }: ShowAnalytics): string {
  const [longest] = speakers
  if (!longest || talkMs === 0) return 'Nobody was on air.'
  if (speakers.length === 1) return `${nameOf(longest)} was on air for ${formatLength(longest.talkMs)}.`
  return `${nameOf(longest)} was on air longest: ${formatShare(longest.talkMs / talkMs)} of all the time on air.`
}
