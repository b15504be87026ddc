import { recall, remember } from './memory.ts'

/** Kept in the tab: who listens to lectures at 1.5× does not want to set that for each. */
const NAME = 'rangekit:speed'

/** Keeps the menu of speeds and the player in step, and the speed from one file to the next in this tab. */
export function startSpeed(media: HTMLMediaElement, menu: HTMLSelectElement | null): void {
  const saved = Number(recall(NAME, 'tab'))
  // `load` resets a speed that is not the default one.
  if (saved >= 0.25 && saved <= 3) media.defaultPlaybackRate = media.playbackRate = saved
  const show = () => {
    if (menu !== null) menu.value = String(media.playbackRate)
  }
  show()
  menu?.addEventListener('change', () => {
    media.playbackRate = Number(menu.value) || 1
  })
  media.addEventListener('ratechange', () => {
    show()
    remember(NAME, media.playbackRate, 'tab')
  })
}
