/** Borders: the last millisecond, the last unit, the line of a cart that tips it over. */
export const edgeTables = {
  'a sale is open from the millisecond it opens to the last one before it closes': `
    open o1 A:9 opensAt=10s closesAt=20s -> opened
    wait 9999ms
    reserve h1 A:1 -> sale_not_open
    wait 1ms
    reserve h1 A:1 -> held
    wait 9999ms
    reserve h2 A:1 -> held
    wait 1ms
    reserve h3 A:1 -> sale_ended`,

  'a limit of the event counts every line of a cart': `
    open o1 A:9,B:9 buyerLimit=3 -> opened
    reserve h1 A:2,B:2 -> purchase_limit
    reserve h1 A:2,B:1 -> held
    reserve h2 B:1 -> purchase_limit`,

  'money that comes late gets what is free to the last unit, and not one more': `
    open o1 A:3 -> opened
    reserve h1 A:2 -> held
    release h1 -> released
    reserve h2 A:2 by=bob -> held
    confirm h1 p1 A:2 -> unfulfilled
    confirm h9 p9 A:1 -> sold late
    line A -> held=2 sold=1 free=0`,

  // Remembered in periods of two hours; five minutes from the beginning of each table a new one begins.
  'what ended before a new period begins is remembered in it': `
    open o1 A:9 -> opened
    reserve h1 A:1 -> held
    release h1 -> released
    withhold w1 A 1 -> withheld
    wait 301s
    reserve h1 A:1 -> hold_released
    withhold w1 A 1 -> withheld again
    facts -> opened held released withheld`,

  'a clock that is set back makes nobody forget what was done': `
    open o1 A:9 -> opened
    wait 300s
    reserve h1 A:1 -> held
    release h1 -> released
    withhold w1 A 1 -> withheld
    back 1ms
    reserve h1 A:1 -> hold_released
    withhold w1 A 1 -> withheld again
    wait 4h
    withhold w2 A 1 -> withheld
    back 4h
    withhold w3 A 1 -> withheld
    withhold w2 A 1 -> withheld again
    withhold w3 A 1 -> withheld again
    wait 4h
    withhold w2 A 1 -> withheld again
    facts -> opened held released withheld withheld withheld`,
};
