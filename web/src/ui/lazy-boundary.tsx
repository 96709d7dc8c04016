import { Component, Suspense, type ReactNode } from 'react'
import { LoadFailure } from './load-failure.tsx'

interface LazyBoundaryProps {
  children: ReactNode
  /** Shown until the content is loaded. */
  fallback?: ReactNode
  /** A new value renders the content again after an error. */
  resetKey?: string
  /** Whether the content is a whole page, whose error has a heading. */
  isPage?: boolean
}

/**
 * Renders a part of a page that is loaded on demand. When loading fails, because the connection is lost or the server
 * has another version by now, only this part shows an error: a listener keeps hearing the show.
 */
export function LazyBoundary({ children, fallback = null, resetKey = '', isPage = false }: LazyBoundaryProps) {
  return (
    <ErrorBoundary resetKey={resetKey} isPage={isPage}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </ErrorBoundary>
  )
}

interface ErrorBoundaryProps {
  children: ReactNode
  resetKey: string
  isPage: boolean
}

class ErrorBoundary extends Component<ErrorBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true }
  }

  override componentDidUpdate(previous: { resetKey: string }): void {
    if (previous.resetKey !== this.props.resetKey && this.state.hasFailed) this.setState({ hasFailed: false })
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <LoadFailure isPage={this.props.isPage} /> : this.props.children
  }
}
