import { lazy, Suspense, type ReactNode } from 'react'

interface CommentTextProps {
  text: string
}

function PlainText({ text }: CommentTextProps): ReactNode {
  return text
}

// Loaded with the first comment that has a link. Where that fails, the text stays as it is.
const LinkedText = lazy(
  async () =>
    await import('./linked-text.tsx').then(
      ({ LinkedText }) => ({ default: LinkedText }),
      () => ({ default: PlainText })
    )
)

/** The text of a comment, with its links. */
export function CommentText({ text }: CommentTextProps) {
  if (!text.includes('://')) return text
  return (
    <Suspense fallback={text}>
      <LinkedText text={text} />
    </Suspense>
  )
}
