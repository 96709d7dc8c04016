import { useState } from 'react'
import { Pencil } from 'lucide-react'
import type { RoomState, RoomView, Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { CoverEditor } from '../schedule/cover-editor.tsx'
import { TagsField } from '../schedule/tags-field.tsx'
import { maxTopicLength, topicFits } from '../schedule/topic-limits.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import styles from './host-tools.module.css'

interface EditTopicProps {
  view: RoomView
  show: Pick<Show, 'id'>
}

/** The button with which the creator changes what a live show is about. Everybody in it sees the change at once. */
export function EditTopic({ view, show }: EditTopicProps) {
  const [isOpen, setOpen] = useState(false)
  if (view.me.role !== 'creator' || !view.room) return null
  return (
    <>
      <AsyncButton variant='quiet' onPress={() => setOpen(true)}>
        <Pencil size={18} aria-hidden='true' />
        <span className={styles.label}>Edit</span>
        <span className='visually-hidden'> title and topic</span>
      </AsyncButton>
      <Dialog title='What the show is about' isOpen={isOpen} onClose={() => setOpen(false)}>
        <TopicForm showId={show.id} topic={view.room} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

interface TopicFormProps {
  showId: string
  topic: Pick<RoomState, 'title' | 'description' | 'tags' | 'coverUrl'>
  onClose: () => void
}

function TopicForm({ showId, topic, onClose }: TopicFormProps) {
  const [title, setTitle] = useState(topic.title)
  const [description, setDescription] = useState(topic.description)
  const [tags, setTags] = useState<string[]>([...(topic.tags ?? [])])
  const fits = topicFits({ title, description, tags })

  async function save() {
    await ambient.shows.patch(showId, { title, description, tags })
    onClose()
  }

  return (
    <div className={styles.form}>
      {/* The room tells of the new cover. */}
      <CoverEditor show={{ id: showId, coverUrl: topic.coverUrl }} onChange={() => {}} />
      <TextField label='Title' value={title} onChange={setTitle} limit={maxTopicLength.title} isRequired autoFocus />
      <TextField
        label='Description'
        value={description}
        onChange={setDescription}
        limit={maxTopicLength.description}
        lines={3}
      />
      <TagsField tags={tags} onChange={setTags} />
      <DialogButtons>
        <AsyncButton onPress={onClose}>Cancel</AsyncButton>
        <AsyncButton variant='primary' isDisabled={!fits} onPress={save}>
          Save for everybody
        </AsyncButton>
      </DialogButtons>
    </div>
  )
}
