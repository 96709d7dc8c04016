import { useState } from 'react'
import { Check } from 'lucide-react'
import { audienceOf, type Poll } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { formatCounted } from '../format/count.ts'
import { useServerTime } from '../show/use-server-time.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Button } from '../ui/button.tsx'
import { Section } from '../ui/section.tsx'
import type { OwnVoting } from './use-own-votes.ts'
import type { VotingProps } from './voting-props.ts'
import styles from './voting.module.css'

interface PollCardProps extends VotingProps {
  poll: Poll
  own: OwnVoting
  mayVote: boolean
}

/** A poll: its options to choose from, and its results once the user has voted, for hosts, and when it is closed. */
export function PollCard({ poll, view, room, own, mayVote }: PollCardProps) {
  const [error, setError] = useState<string | null>(null)
  const { pollId, question, options, counts, isOpen } = poll
  const chosen = own.votes.poll?.pollId === pollId ? own.votes.poll.option : null
  const total = counts.reduce((sum, count) => sum + count, 0)
  const { isHost } = view.me
  const isCounted = isHost || !isOpen || chosen !== null || !mayVote

  async function choose(option: number) {
    setError(null)
    await own.choose(pollId, option).catch((error: unknown) => setError(errorMessage(error)))
  }

  return (
    <Section title={isOpen ? 'Poll' : 'Poll result'}>
      <p role='status' className={styles.question} dir='auto'>
        {question}
      </p>
      <ul className={styles.options} aria-label='Options'>
        {options.map((text, index) => {
          const count = counts[index] ?? 0
          const share = total === 0 ? 0 : Math.round((count / total) * 100)
          const isChosen = chosen === index
          const content = (
            <>
              {isCounted && <span className={styles.bar} style={{ width: `${share}%` }} aria-hidden='true' />}
              <span className={styles.text} dir='auto'>
                {isChosen && <Check size={18} aria-hidden='true' />}
                {text}
                {isChosen && <span className='visually-hidden'>, your vote</span>}
              </span>
              {isCounted && (
                <span className={styles.share}>
                  {share} %<span className='visually-hidden'>, {votesText(count)}</span>
                </span>
              )}
            </>
          )
          return (
            <li key={text}>
              {isOpen && mayVote ? (
                <Button
                  className={`${styles.option} ${isChosen ? styles.chosen : ''}`}
                  aria-pressed={isChosen}
                  onPress={async () => await choose(index)}
                >
                  {content}
                </Button>
              ) : (
                <div className={`${styles.option} ${isChosen ? styles.chosen : ''}`}>{content}</div>
              )}
            </li>
          )
        })}
      </ul>
      <p className={styles.note}>
        {isCounted ? votesText(total) : 'Vote to see the result. You can change your vote.'}
        {isOpen && poll.endsAt !== null && <TimeLeft endsAt={poll.endsAt} clockOffsetMs={view.clockOffsetMs} />}
        {!mayVote && isOpen && ' · Sign in to vote.'}
      </p>
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
      {isHost && (
        <AsyncButton
          onPress={async () =>
            await (isOpen ? audienceOf(room).closePoll(pollId) : audienceOf(room).dismissPoll(pollId))
          }
        >
          {isOpen ? 'Close poll' : 'Dismiss result'}
        </AsyncButton>
      )}
    </Section>
  )
}

const votesText = (count: number) => formatCounted(count, 'vote', 'votes')

/** The seconds until a poll closes by itself. `endsAt` is a time of the server, ms. */
function TimeLeft({ endsAt, clockOffsetMs }: { endsAt: number; clockOffsetMs: number }) {
  const seconds = Math.max(0, Math.ceil((endsAt - useServerTime(clockOffsetMs, 1000)) / 1000))
  const text = seconds >= 90 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`
  return <span> · Closes in {text}</span>
}
