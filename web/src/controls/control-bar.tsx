import { lazy, useRef, useState } from 'react'
import { Hand, MessageCircle, Smile, Volume2, VolumeX } from 'lucide-react'
import { useLocation } from 'wouter'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { BarButton, BarToggle } from './bar-toggle.tsx'
import { LeaveButton } from './leave-button.tsx'
import { SpeakControls } from './speak-controls.tsx'
import { UnlockButton } from './unlock-button.tsx'
import styles from './control-bar.module.css'

// Loaded when they are opened for the first time.
const ReactionPicker = lazy(async () => ({ default: (await import('./reaction-picker.tsx')).ReactionPicker }))
const VolumePanel = lazy(async () => ({ default: (await import('./volume-panel.tsx')).VolumePanel }))

interface ControlBarProps {
  view: RoomView
  show: ShowRoom
  /** The comment sheet on a narrow screen; null where the comments are beside the stage. */
  comments: { isOpen: boolean; unreadCount: number; handleToggle: () => void } | null
}

/** The bar at the bottom of a live show: sound, speaking, reactions, comments, volume, and leaving. */
export function ControlBar({ view, show, comments }: ControlBarProps) {
  const [isReacting, setIsReacting] = useState(false)
  const [isVolumeOpen, setIsVolumeOpen] = useState(false)
  const { song, voice } = view.volumes
  const requestCount = view.room?.queue.length ?? 0
  const [, navigate] = useLocation()
  const speakControls = useRef<HTMLSpanElement>(null)
  useFocusRecovery(speakControls)
  const VolumeIcon = song + voice === 0 ? VolumeX : Volume2
  return (
    <div className={styles.bar} role='region' aria-label='Show controls'>
      <UnlockButton view={view} show={show} />
      <span ref={speakControls} className={styles.speakControls}>
        <SpeakControls view={view} show={show} />
      </span>
      <div className={styles.commonControls}>
        <BarToggle label='React' isOn={isReacting} controls='reactions' onPress={() => setIsReacting(!isReacting)}>
          <Smile size={22} aria-hidden='true' />
        </BarToggle>
        {comments && (
          <BarToggle
            label={comments.unreadCount > 0 ? `Comments, ${comments.unreadCount} new` : 'Comments'}
            isOn={comments.isOpen}
            controls='comments'
            count={comments.unreadCount}
            onPress={comments.handleToggle}
          >
            <MessageCircle size={22} aria-hidden='true' />
          </BarToggle>
        )}
        {comments && view.me.isHost && requestCount > 0 && (
          <BarButton
            label={requestCount === 1 ? '1 request to speak' : `${requestCount} requests to speak`}
            count={requestCount}
            onPress={showRequestQueue}
          >
            <Hand size={22} aria-hidden='true' />
          </BarButton>
        )}
        <BarToggle label='Volume' isOn={isVolumeOpen} controls='volumes' onPress={() => setIsVolumeOpen(!isVolumeOpen)}>
          <VolumeIcon size={22} aria-hidden='true' />
        </BarToggle>
        <LeaveButton view={view} show={show} onLeft={() => navigate('/')} />
      </div>
      {isVolumeOpen && (
        <LazyBoundary>
          <VolumePanel show={show} onClose={() => setIsVolumeOpen(false)} />
        </LazyBoundary>
      )}
      {isReacting && (
        <LazyBoundary>
          <ReactionPicker show={show} onClose={() => setIsReacting(false)} />
        </LazyBoundary>
      )}
    </div>
  )
}

/** Scrolls to the request queue and focuses it. On a phone it is below the playlist. */
function showRequestQueue(): void {
  const queue = document.getElementById('queue')
  queue?.scrollIntoView({ block: 'center' })
  queue?.focus({ preventScroll: true })
}
