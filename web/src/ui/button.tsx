import type { ComponentProps, MouseEvent } from 'react'

/** The properties of the element that the button sets itself. */
type OwnProps = 'disabled' | 'onClick' | 'onKeyDown' | 'onMouseDown' | 'onPointerDown' | 'onTouchStart'

interface ButtonProps extends Omit<ComponentProps<'button'>, OwnProps> {
  onPress?: () => unknown
  isDisabled?: boolean
}

const stopPropagation = (event: { stopPropagation: () => void }) => event.stopPropagation()

/**
 * The browser's own button. React Aria's is for triggers and drag handles, which talk to the component around them: a
 * listener's page does not load it.
 */
export function Button({ onPress, isDisabled = false, type = 'button', ...props }: ButtonProps) {
  function press(event: MouseEvent<HTMLButtonElement>) {
    event.stopPropagation()
    // Safari does not focus a button that is clicked, and a dialog opened from here could not restore the focus.
    if (event.detail > 0) event.currentTarget.focus({ preventScroll: true })
    onPress?.()
  }

  return (
    <button
      {...props}
      type={type}
      disabled={isDisabled}
      // A press belongs to the button alone, not to the row or list around it.
      onPointerDown={stopPropagation}
      onMouseDown={stopPropagation}
      onTouchStart={stopPropagation}
      onKeyDown={event => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.stopPropagation()
        // A key that is held down presses once.
        if (event.repeat) event.preventDefault()
      }}
      onClick={press}
    />
  )
}
