import { lazy, useEffect, useRef, type RefObject } from 'react'
import { Hand, MessageCircle, Smile, Volume2, VolumeX } from 'lucide-react'
import { useLocation } from 'wouter'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { BarButton, BarToggle, badgeText } from './bar-toggle.tsx'
import { LeaveButton } from './leave-button.tsx'
import { SpeakControls } from './speak-controls.tsx'
import { UnlockButton } from './unlock-button.tsx'
import styles from './control-bar.module.css'

// Loaded when they are opened for the first time.
const ReactionPicker = lazy(async () => ({ default: (await import('./reaction-picker.tsx')).ReactionPicker }))
const VolumePanel = lazy(async () => ({ default: (await import('./volume-panel.tsx')).VolumePanel }))

/** A tray above the bar; one is open at a time. */
export type Tray = 'reactions' | 'volumes' | 'comments'

interface ControlBarProps {
  view: RoomView
  show: ShowRoom
  openTray: Tray | null
  onOpenTray: (tray: Tray | null) => void
  /** The comment sheet on a narrow screen; null where the comments are beside the stage. */
  comments: { unreadCount: number } | null
}

/** The bar at the bottom of a live show: sound, speaking, reactions, comments, volume, and leaving. */
export function ControlBar({ view, show, openTray, onOpenTray, comments }: ControlBarProps) {
  const { song, voice } = view.volumes
  const requestCount = view.room?.queue.length ?? 0
  const [, navigate] = useLocation()
  const speakControls = useRef<HTMLSpanElement>(null)
  const bar = useRef<HTMLDivElement>(null)
  useFocusRecovery(speakControls)
  useBarHeight(bar)
  const isCreator = view.me.role === 'creator'
  const VolumeIcon = song + voice === 0 ? VolumeX : Volume2
  /** Opens a tray and closes what else is open, or closes it. */
  const toggle = (tray: Tray) => () => onOpenTray(openTray === tray ? null : tray)
  const leaveButton = <LeaveButton view={view} show={show} onLeft={() => navigate('/')} />
  return (
    <div ref={bar} className={styles.bar} role='region' aria-label='Show controls'>
      <UnlockButton view={view} show={show} />
      <span ref={speakControls} id='speaking' className={styles.speakControls}>
        <SpeakControls view={view} show={show} />
      </span>
      <div className={styles.commonControls}>
        <BarToggle label='Volume' isOn={openTray === 'volumes'} controls='volumes' onPress={toggle('volumes')}>
          <VolumeIcon size={22} aria-hidden='true' />
        </BarToggle>
        <BarToggle label='React' isOn={openTray === 'reactions'} controls='reactions' onPress={toggle('reactions')}>
          <Smile size={22} aria-hidden='true' />
        </BarToggle>
        {comments && (
          <BarToggle
            label={comments.unreadCount > 0 ? `Comments, ${badgeText(comments.unreadCount)} new` : 'Comments'}
            isOn={openTray === 'comments'}
            controls='comments'
            count={comments.unreadCount}
            onPress={toggle('comments')}
          >
            <MessageCircle size={22} aria-hidden='true' />
          </BarToggle>
        )}
        {comments && view.me.isHost && requestCount > 0 && (
          <BarButton
            label={requestCount === 1 ? '1 request to speak' : `${badgeText(requestCount)} requests to speak`}
            count={requestCount}
            onPress={showRequestQueue}
          >
            <Hand size={22} aria-hidden='true' />
          </BarButton>
        )}
        {!isCreator && leaveButton}
      </div>
      {isCreator && <span className={styles.end}>{leaveButton}</span>}
      {openTray === 'volumes' && (
        <LazyBoundary>
          <VolumePanel show={show} />
        </LazyBoundary>
      )}
      {openTray === 'reactions' && (
        <LazyBoundary>
          <ReactionPicker show={show} />
        </LazyBoundary>
      )}
    </div>
  )
}

/**
 * Publishes the height of the bar as `--bar-height`. The sheet of comments stands above the bar, so that it covers
 * neither an invitation nor the microphone.
 */
function useBarHeight(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = bar.current
    if (!element) return
    const root = document.documentElement
    const observer = new ResizeObserver(() => {
      root.style.setProperty('--bar-height', `${element.offsetHeight}px`)
    })
    observer.observe(element, { box: 'border-box' })
    return () => {
      observer.disconnect()
      root.style.removeProperty('--bar-height')
    }
  }, [bar])
}

/** Scrolls to the request queue and focuses it. On a phone it is below the playlist. */
function showRequestQueue(): void {
  const queue = document.getElementById('queue')
  queue?.scrollIntoView({ block: 'center' })
  queue?.focus({ preventScroll: true })
}
