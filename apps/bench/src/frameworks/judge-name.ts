/** What an example is judged by. */
export const judgeNames = ['conformance', 'framing', 'compression', 'memory', 'truncation', 'aborts'] as const
export type JudgeName = (typeof judgeNames)[number]

/** What is wrong, by judge. An empty list: the behaviour is right. `null`: it cannot be judged. */
export type FindingsBy<Item> = Readonly<Record<JudgeName, readonly Item[] | null>>
