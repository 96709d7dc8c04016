import { useState } from 'react'
import { SelectField } from '../ui/select-field.tsx'
import { readTheme, saveTheme } from './theme.ts'
import styles from '../settings/settings.module.css'

const options = { system: 'Like this device', light: 'Light', dark: 'Dark' } as const

/** The choice of the theme in this browser. */
export function ThemeField() {
  const [theme, setTheme] = useState(readTheme)
  return (
    <>
      <SelectField
        label='Theme'
        options={options}
        value={theme}
        onChange={chosen => {
          saveTheme(chosen)
          setTheme(chosen)
        }}
      />
      <p className={styles.muted}>In this browser. Motion follows your device’s settings.</p>
    </>
  )
}
