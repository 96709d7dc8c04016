import { useState } from 'react'
import { SlidersHorizontal } from 'lucide-react'
import type { RoomView, Show, ShowRoom } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { ToolsPanel } from './tools-panel.tsx'

export interface HostToolsProps { view: RoomView, room: ShowRoom, show: Show }

/** What a host needs now and then, a tap away and out of sight until then. */
export function HostTools (props: HostToolsProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Action kind='quiet' onPress={() => setOpen(true)}><SlidersHorizontal size={18} aria-hidden='true' />Tools</Action>
      <ToolsPanel {...props} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}
