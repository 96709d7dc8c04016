import { useState } from 'react'
import { SwitchField } from '../ui/switch-field.tsx'
import { useInstantSave } from '../ui/use-instant-save.ts'
import { subscribeBrowser, unsubscribeBrowser } from './browser-push.ts'
import { followPush } from './follow-push.ts'
import { ObstacleNote } from './obstacle-note.tsx'
import { findPushObstacle } from './push-obstacle.ts'

interface ThisBrowserProps {
  /** Whether the server sends push messages to this browser. */
  isSubscribed: boolean
  /** Called after a change, to load the list of browsers again. */
  onChange: () => Promise<void>
}

/** The switch for notifications in this browser. Switching it on asks for permission. */
export function ThisBrowser({ isSubscribed, onChange }: ThisBrowserProps) {
  const [obstacle, setObstacle] = useState(findPushObstacle)
  const { pending, error, save } = useInstantSave(async ({ isOn }: { isOn: boolean }) => {
    try {
      await (isOn ? subscribeBrowser() : unsubscribeBrowser())
      if (isOn) followPush()
    } finally {
      setObstacle(findPushObstacle())
      await onChange()
    }
  })
  if (obstacle) return <ObstacleNote obstacle={obstacle} />
  return (
    <SwitchField
      label='Notify me in this browser'
      hint='When somebody you follow goes live, also while Ambient is closed.'
      isOn={pending?.isOn ?? isSubscribed}
      onChange={isOn => save({ isOn })}
      error={error}
    />
  )
}
