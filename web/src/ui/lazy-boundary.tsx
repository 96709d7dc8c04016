import { Component, Suspense, type ReactNode } from 'react'
import { LoadFailure } from './load-failure.tsx'

interface LazyBoundaryProps {
  children: ReactNode
  /** Shown until the content is loaded. */
  fallback?: ReactNode
  /** A new value renders the content again after an error. */
  resetKey?: string
}

/**
 * Renders a part of a page that is loaded on demand. When loading fails, because the connection is lost or the server
 * has another version by now, only this part shows an error: a listener keeps hearing the show.
 */
export function LazyBoundary({ children, fallback = null, resetKey = '' }: LazyBoundaryProps) {
  return (
    <ErrorBoundary resetKey={resetKey}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </ErrorBoundary>
  )
}

class ErrorBoundary extends Component<{ children: ReactNode; resetKey: string }, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true }
  }

  override componentDidUpdate(previous: { resetKey: string }): void {
    if (previous.resetKey !== this.props.resetKey && this.state.hasFailed) this.setState({ hasFailed: false })
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <LoadFailure /> : this.props.children
  }
}
