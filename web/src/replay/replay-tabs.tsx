import type { Replay, Transcript } from '../../../client/index.ts'
import { TabPanels } from '../ui/tab-panels.tsx'
import { ChapterList } from './chapter-list.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import { TimedComments } from './timed-comments.tsx'
import { TranscriptPanel } from './transcript-panel.tsx'

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
  return <TabPanels label='More of this show' tabs={tabs} />
}
