import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import styles from './tab-panels.module.css'

interface TabPanelsProps {
  label: string
  tabs: readonly { id: string; name: string; content: ReactNode }[]
  /** Fills the height of a column, and scrolls the panel only. */
  isFilling?: boolean
}

/** Tabs with their panels, of which one is shown. */
export function TabPanels({ label, tabs, isFilling = false }: TabPanelsProps) {
  return (
    <Tabs className={`${styles.tabs} ${isFilling ? styles.filling : ''}`}>
      <TabList aria-label={label} className={styles.tabList ?? ''}>
        {tabs.map(({ id, name }) => (
          <Tab key={id} id={id} className={styles.tab ?? ''}>
            {name}
          </Tab>
        ))}
      </TabList>
      {tabs.map(({ id, content }) => (
        <TabPanel key={id} id={id} className={styles.panel ?? ''}>
          {content}
        </TabPanel>
      ))}
    </Tabs>
  )
}
