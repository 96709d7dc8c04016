import { Dialog, Heading, Modal, ModalOverlay, Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { X } from 'lucide-react'
import type { RoomView, Show, ShowRoom } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { Announce } from './announce.tsx'
import { Banned } from './banned.tsx'
import { Decisions } from './decisions.tsx'
import { Invitations } from './invitations.tsx'
import { People } from './people.tsx'
import { Rules } from './rules.tsx'
import styles from './tools-panel.module.css'

export interface ToolsPanelProps {
  view: RoomView
  room: ShowRoom
  show: Show
  isOpen: boolean
  onClose: () => void
}

/** Who is here, how the show is run, and what was decided; over the show, which goes on behind it. */
export function ToolsPanel({ view, room, show, isOpen, onClose }: ToolsPanelProps) {
  const isCreator = view.me.role === 'creator'
  const tabs = [
    { id: 'people', name: 'People', content: <People view={view} room={room} /> },
    ...(isCreator
      ? [
          {
            id: 'rules',
            name: 'Rules',
            content: (
              <>
                <Rules view={view} showId={show.id} />
                <Announce room={room} />
              </>
            )
          }
        ]
      : []),
    { id: 'banned', name: 'Banned', content: <Banned showId={show.id} /> },
    ...(isCreator ? [{ id: 'decisions', name: 'Log', content: <Decisions showId={show.id} /> }] : []),
    ...(isCreator && show.visibility === 'private'
      ? [{ id: 'invitations', name: 'Invitations', content: <Invitations showId={show.id} /> }]
      : [])
  ]
  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen={isOpen}
      onOpenChange={open => {
        if (!open) onClose()
      }}
      isDismissable
    >
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''}>
          <div className={styles.head}>
            <Heading slot='title'>Your show</Heading>
            <Action kind='quiet' label='Close' onPress={onClose}>
              <X size={20} aria-hidden='true' />
            </Action>
          </div>
          <Tabs className={styles.tabs ?? ''}>
            <TabList aria-label='Your show' className={styles.list ?? ''}>
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
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
