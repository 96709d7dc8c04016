/** An audio element controlled by the test. `played` has the source and the position of each start. */
export function fakeAudio() {
  const target = new EventTarget()
  const played: string[] = []
  const audio = Object.assign(target, {
    played,
    src: '',
    currentTime: 0,
    paused: true,
    muted: false,
    playbackRate: 1,
    async play() {
      audio.paused = false
      played.push(`${audio.src} ${audio.currentTime}`)
    },
    pause() {
      if (audio.paused) return
      audio.paused = true
      target.dispatchEvent(new Event('pause'))
    },
    removeAttribute() {
      audio.src = ''
    },
    load() {},
    /** Dispatches an event of the element at a position. */
    emit(type: string, currentTime = audio.currentTime): void {
      audio.currentTime = currentTime
      target.dispatchEvent(new Event(type))
    }
  })
  return audio
}
