/** How many blocks a reader has to read in sequence for each that is fetched ahead of it. */
const BLOCKS_PER_BLOCK_AHEAD = 4

/**
 * How far ahead of one reader blocks are fetched: not at all for one that jumps, and further the longer one reads in
 * sequence. A reader that leaves early has then cost the source little more than what it has read.
 */
export class ReadAhead {
  readonly #most: number
  readonly #step: number
  /** Where the sequence began, where its last read began, and where that ended. */
  #first = 0
  #last = 0
  #end = -1
  /** The last position that the first read of the sequence was going to want. */
  #wanted = 0
  /** Whether later reads have gone on past that. */
  #goesOn = false

  /**
   * @param most the most blocks ahead.
   * @param blockSize bytes in a block.
   */
  constructor(most: number, blockSize: number) {
    this.#most = most
    this.#step = BLOCKS_PER_BLOCK_AHEAD * blockSize
  }

  /**
   * Notes a read.
   *
   * @param lastPos the last position that will be wanted, as far as the reader has said.
   */
  note(position: number, count: number, lastPos: number): void {
    if (!this.#isNext(position)) {
      this.#first = position
      this.#end = position
      this.#wanted = lastPos
      this.#goesOn = false
    }
    this.#last = position
    this.#end = Math.max(this.#end, position + count)
    this.#goesOn ||= lastPos > this.#wanted
  }

  /** How many blocks to fetch ahead of a read at this position. */
  blocksAt(position: number): number {
    return this.#isNext(position)
      ? Math.min(this.#most, Math.floor((position - this.#first) / this.#step))
      : 0
  }

  /** Whether the reader reads one range after another, so that what follows its range will be wanted, too. */
  get goesOn(): boolean {
    return this.#goesOn
  }

  /** A read may begin within the one before: a server writes less at once than it was given. */
  #isNext(position: number): boolean {
    return position >= this.#last && position <= this.#end
  }
}
