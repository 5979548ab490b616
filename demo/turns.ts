/**
 * Turns: at most so many of something at once. Those at the door and those who are in wait in lines of their own, and
 * of every four turns the door gets one: on a machine that is too slow for everybody the sale goes on inside, and
 * people still come in.
 */
export type Turns = (atDoor: boolean) => Promise<() => void>;

const doorEvery = 4;

/** Each turn that was given is handed back by calling it. */
export function createTurns(most: number): Turns {
  let free = most;
  let given = 0;
  const door: (() => void)[] = [];
  const inside: (() => void)[] = [];
  const done = () => {
    given += 1;
    const [first, second] = given % doorEvery === 0 ? [door, inside] : [inside, door];
    const next = first.shift() ?? second.shift();
    if (next) next();
    else free += 1;
  };
  return async (atDoor) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => (atDoor ? door : inside).push(resolve));
    return done;
  };
}
