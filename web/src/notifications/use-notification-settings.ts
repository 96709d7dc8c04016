import { useCallback, useRef } from 'react'
import type { NotificationSettings, NotificationSettingsPatch } from '../../../contract/notifications.ts'
import { ambient } from '../ambient.ts'
import { useLoaded } from '../ui/use-loaded.ts'

/** Changes the stored settings. The change is made of those that are stored by then. */
export type ChangeSettings = (changeOf: (current: NotificationSettings) => NotificationSettingsPatch) => Promise<void>

/** Loads the settings of notifications; null until then. Changes are sent one after the other, so that none is lost. */
export function useNotificationSettings(): { settings: NotificationSettings | null; change: ChangeSettings } {
  const [settings, setSettings] = useLoaded(useCallback(async () => await ambient.me.notifications(), []))
  const stored = useRef<NotificationSettings | null>(null)
  const previous = useRef<Promise<unknown>>(Promise.resolve())

  const change: ChangeSettings = async changeOf => {
    const sent = previous.current.then(async () => {
      const current = stored.current ?? settings
      if (!current) return
      stored.current = await ambient.me.setNotifications(changeOf(current))
      setSettings(stored.current)
    })
    previous.current = sent.catch(() => {})
    await sent
  }
  return { settings, change }
}
