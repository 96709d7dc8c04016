import { lazy, Suspense, type ReactNode } from 'react'
import type { Mention } from '../../../client/index.ts'

interface CommentTextProps {
  text: string
  mentions: readonly Mention[] | undefined
}

function PlainText({ text }: CommentTextProps): ReactNode {
  return text
}

// Loaded with the first comment that has a link or a mention. Where that fails, the text stays as it is.
const RichText = lazy(
  async () =>
    await import('./rich-text.tsx').then(
      ({ RichText }) => ({ default: RichText }),
      () => ({ default: PlainText })
    )
)

/** The text of a comment, with its links and mentions. */
export function CommentText({ text, mentions }: CommentTextProps) {
  if (!mentions && !text.includes('://')) return text
  return (
    <Suspense fallback={text}>
      <RichText text={text} mentions={mentions} />
    </Suspense>
  )
}
