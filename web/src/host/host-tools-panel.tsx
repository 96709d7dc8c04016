import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { ChartNoAxesColumn, X } from 'lucide-react'
import { Link } from 'wouter'
import type { RoomView, Show, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { TabPanels } from '../ui/tab-panels.tsx'
import { AnnouncementForm } from './announcement-form.tsx'
import { AudienceTools } from './audience-tools.tsx'
import { BanList } from './ban-list.tsx'
import { DecisionLog } from './decision-log.tsx'
import { InvitationLinks } from './invitation-links.tsx'
import { MemberList } from './member-list.tsx'
import { ShowRules } from './show-rules.tsx'
import styles from './host-tools-panel.module.css'

export interface HostToolsPanelProps {
  view: RoomView
  room: ShowRoom
  show: Show
  isOpen: boolean
  onClose: () => void
}

/** A panel over the live show with its members, rules, bans, decision log and invitations. */
export function HostToolsPanel({ view, room, show, isOpen, onClose }: HostToolsPanelProps) {
  const isCreator = view.me.userId === show.creator.id
  const runsShow = view.me.role === 'creator'
  const tabs = [
    { id: 'people', name: 'People', content: <MemberList view={view} room={room} /> },
    ...(isCreator
      ? [
          {
            id: 'rules',
            name: 'Rules',
            content: (
              <>
                <ShowRules view={view} show={show} />
                {runsShow && <AnnouncementForm room={room} />}
              </>
            )
          }
        ]
      : []),
    ...(runsShow && !isCreator
      ? [{ id: 'announcement', name: 'Announcement', content: <AnnouncementForm room={room} /> }]
      : []),
    { id: 'audience', name: 'Audience', content: <AudienceTools view={view} room={room} /> },
    { id: 'banned', name: 'Banned', content: <BanList showId={show.id} /> },
    ...(isCreator ? [{ id: 'decisions', name: 'Log', content: <DecisionLog showId={show.id} /> }] : []),
    ...(isCreator && show.visibility === 'private'
      ? [{ id: 'invitations', name: 'Invitations', content: <InvitationLinks showId={show.id} /> }]
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
          <div className={styles.header}>
            <Heading slot='title'>Your show</Heading>
            <Link href={`/shows/${show.id}/numbers`} className={styles.numbers ?? ''}>
              <ChartNoAxesColumn size={18} aria-hidden='true' />
              Numbers
            </Link>
            <AsyncButton variant='quiet' label='Close' onPress={onClose}>
              <X size={20} aria-hidden='true' />
            </AsyncButton>
          </div>
          <TabPanels label='Your show' tabs={tabs} isFilling />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
