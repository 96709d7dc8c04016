import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { Replay, Transcript } from '../../../client/index.ts'
import { ChapterList } from './chapter-list.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import { TimedComments } from './timed-comments.tsx'
import { TranscriptPanel } from './transcript-panel.tsx'
import styles from './replay-tabs.module.css'

interface ReplayTabsProps {
  player: ReplayPlayer
  replay: Replay
  transcript: Transcript | null
}

/** Chapters, comments as they came, and the transcript where there is one. */
export function ReplayTabs({ player, replay, transcript }: ReplayTabsProps) {
  const tabs = [
    { id: 'chapters', name: 'Chapters', content: <ChapterList player={player} chapters={replay.chapters} /> },
    { id: 'comments', name: 'Comments', content: <TimedComments player={player} replay={replay} /> },
    ...(transcript?.status === 'ready'
      ? [
          {
            id: 'transcript',
            name: 'Transcript',
            content: <TranscriptPanel player={player} replay={replay} transcript={transcript} />
          }
        ]
      : [])
  ]
  return (
    <Tabs className={styles.tabs ?? ''}>
      <TabList aria-label='More of this show' className={styles.tabList ?? ''}>
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
