import { Component, Suspense, type ReactNode } from 'react'
import styles from './later.module.css'

interface LaterProps {
  children: ReactNode
  /** Stands there until it is loaded. */ fallback?: ReactNode
  /** When this is another, it is tried again. */ of?: string
}

/**
 * A part of a page that is loaded when it is needed. Where that fails, because the connection is lost or the server has another
 * version by now, all else goes on: a show is heard, whatever button can't be had.
 */
export function Later({ children, fallback = null, of = '' }: LaterProps) {
  return (
    <Apart of={of}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </Apart>
  )
}

class Apart extends Component<{ children: ReactNode; of: string }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  override componentDidUpdate(before: { of: string }): void {
    if (before.of !== this.props.of && this.state.failed) this.setState({ failed: false })
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return (
      <p role='alert' className={styles.failed}>
        This part can’t be shown just now.{' '}
        <button type='button' className={styles.again} onClick={() => window.location.reload()}>
          Load the page again
        </button>
      </p>
    )
  }
}
